package admin

import (
	"context"
	"errors"
	"iter"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-pme/pme/issuer"
)

// A scanner is a store that takes a while to be listed.
type scanner struct {
	scans atomic.Int32
	takes time.Duration
	err   error
	crash bool
}

func (s *scanner) scan(ctx context.Context) iter.Seq2[issuer.Live, error] {
	return func(yield func(issuer.Live, error) bool) {
		s.scans.Add(1)
		select {
		case <-time.After(s.takes):
		case <-ctx.Done():
			yield(issuer.Live{}, ctx.Err())
			return
		}
		if s.crash {
			panic("secret")
		}
		if s.err != nil {
			yield(issuer.Live{}, s.err)
		}
	}
}

func TestStoreIsListedSeldom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &scanner{takes: time.Second}
		l := newLive(s.scan, slog.New(slog.DiscardHandler))
		defer l.close()
		get := func(want time.Duration) {
			t.Helper()
			before := time.Now()
			if _, err := l.get(t.Context()); err != nil {
				t.Error(err)
			}
			if took := time.Since(before); took != want {
				t.Errorf("it took %v, want %v", took, want)
			}
		}
		get(time.Second) // the first one is waited for
		for range 100 {
			get(0)
			time.Sleep(50 * time.Millisecond)
		}
		if s.scans.Load() != 1 { // it rests for ten times as long as it took
			t.Errorf("%d scans in 6 s", s.scans.Load())
		}
		time.Sleep(10 * time.Second)
		get(0) // the old one is shown while the next one is made
		time.Sleep(2 * time.Second)
		if s.scans.Load() != 2 {
			t.Errorf("%d scans in 20 s", s.scans.Load())
		}
		time.Sleep(time.Hour)
		get(time.Second)
		synctest.Wait()
		if s.scans.Load() != 3 {
			t.Errorf("%d scans: it goes on while no one looks", s.scans.Load())
		}
	})
}

func TestManyWhoLookAtOnceListOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &scanner{takes: time.Second}
		l := newLive(s.scan, slog.New(slog.DiscardHandler))
		defer l.close()
		for range 50 {
			go func() { _, _ = l.get(t.Context()) }()
		}
		time.Sleep(2 * time.Second)
		if s.scans.Load() != 1 {
			t.Errorf("%d scans", s.scans.Load())
		}
	})
}

func TestStoreThatCannotBeListed(t *testing.T) {
	for name, s := range map[string]*scanner{"fails": {err: errors.New("gone")}, "panics": {crash: true}, "hangs": {takes: time.Hour}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newLive(s.scan, slog.New(slog.DiscardHandler))
				defer l.close()
				before := time.Now()
				if _, err := l.get(t.Context()); err == nil {
					t.Error("no error")
				}
				if took := time.Since(before); took > patience {
					t.Errorf("it took %v", took)
				}
				time.Sleep(listTime)
				synctest.Wait()
				s.takes, s.err, s.crash = 0, nil, false
				if _, err := l.get(t.Context()); err != nil {
					t.Errorf("later: %v", err)
				}
			})
		})
	}
}

func TestCloseEndsTheListing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &scanner{takes: time.Hour}
		l := newLive(s.scan, slog.New(slog.DiscardHandler))
		go func() { _, _ = l.get(t.Context()) }()
		synctest.Wait()
		before := time.Now()
		l.close()
		l.close()
		if took := time.Since(before); took != 0 {
			t.Errorf("it took %v", took)
		}
		if _, err := l.get(t.Context()); err == nil || s.scans.Load() != 1 {
			t.Errorf("after Close: %v, %d scans", err, s.scans.Load())
		}
	})
}

func TestWhatIsRevokedWhileItIsListedIsGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLive(func(context.Context) iter.Seq2[issuer.Live, error] {
			return func(yield func(issuer.Live, error) bool) {
				if !yield(issuer.Live{}, nil) {
					return
				}
				time.Sleep(time.Second)
			}
		}, slog.New(slog.DiscardHandler))
		defer l.close()
		go func() { _, _ = l.get(t.Context()) }()
		synctest.Wait()
		l.forget(func(issuer.Live) bool { return true })
		if s, err := l.get(t.Context()); err != nil || len(s.tokens) != 0 {
			t.Errorf("%v, %v", s, err)
		}
	})
}
