//go:build unix

package main_test

import (
	"errors"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// One process after another takes an address over, under load, with SIGTERM and nothing else. A client tries again only if its connection is
// refused, as no process listens: what was accepted must be answered.
func TestNoRequestIsLostWhenAProcessTakesOver(t *testing.T) {
	const (
		clients   = 16
		perSecond = 1000
		takeovers = 3
	)
	env := account(t)
	p := start(t, env, "-addr", "127.0.0.1:0")
	origin := p.origin // of all processes
	addr := strings.TrimPrefix(origin, "http://")
	stranger := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	stop := make(chan struct{})
	var load sync.WaitGroup
	var answered, refused, failed atomic.Int64
	var first atomic.Value
	fail := func(what any) {
		failed.Add(1)
		first.CompareAndSwap(nil, what)
	}
	for range clients {
		c := signIn(t, origin)
		load.Go(func() {
			every := time.NewTicker(time.Second * clients / perSecond)
			defer every.Stop()
			for {
				select {
				case <-stop:
					return
				case <-every.C:
				}
				status, err := token(c, origin)
				switch {
				case errors.Is(err, syscall.ECONNREFUSED):
					refused.Add(1)
				case err != nil:
					fail(err.Error())
				case status != http.StatusOK && status != http.StatusUnauthorized: // another process does not know this session
					fail(status)
				default:
					answered.Add(1)
				}
			}
		})
	}
	begun := time.Now()
	for range takeovers {
		for target := answered.Load() + perSecond/2; answered.Load() < target; {
			status, err := token(stranger, origin)
			if status != http.StatusUnauthorized || err != nil {
				fail(status)
			}
		}
		p.signal(t, syscall.SIGTERM)
		if err := <-p.ended; err != nil {
			t.Errorf("%v\n%s", err, p.stderr)
		}
		p = start(t, env, "-addr", addr)
	}
	close(stop)
	load.Wait()
	p.signal(t, syscall.SIGTERM)
	if err := <-p.ended; err != nil {
		t.Errorf("%v\n%s", err, p.stderr)
	}
	if failed.Load() > 0 {
		t.Errorf("%d requests failed, first: %v", failed.Load(), first.Load())
	}
	t.Logf("%d answered in %v, %d refused between two processes, %d failed", answered.Load(), time.Since(begun).Round(time.Millisecond), refused.Load(), failed.Load())
}
