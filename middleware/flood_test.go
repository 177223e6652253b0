package middleware_test

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/logtest"
	"github.com/go-pme/pme/internal/suite"
	"github.com/go-pme/pme/middleware"
)

// Anyone can send credentials that are no good: that must not fill the log, nor hide how often it happened.
func TestFloodOfRefusalsHasFewEvents(t *testing.T) {
	for reason, refused := range map[string]error{
		"error": errors.New("cannot tell"), "credential_rejected": &middleware.Rejection{Status: http.StatusUnauthorized},
	} {
		synctest.Test(t, func(t *testing.T) {
			var log logtest.Buffer
			next := ask(func(*http.Request) (identity.User, error) { return identity.User{}, refused }, func(c *middleware.Config) {
				c.Logger = slog.New(slog.NewTextHandler(&log, nil))
			}).Require(nothing{})
			send := func(address string) {
				r := httptest.NewRequest(http.MethodGet, "/", nil)
				r.RemoteAddr = address
				w := httptest.NewRecorder()
				if next.ServeHTTP(w, r); w.Code < 400 || w.Code == http.StatusTooManyRequests {
					t.Fatalf("status %d", w.Code)
				}
			}
			events := func() int { return strings.Count(log.String(), "reason="+reason) }
			for n := range 5000 {
				send(fmt.Sprintf("[2001:db8:1:2::%x]:443", n+1)) // one client has all of them
			}
			if n := events(); n != 100 || strings.Contains(log.String(), "count=") {
				t.Errorf("%d events of 5000 refusals, want 100", n)
			}
			send("[2001:db8:1:3::1]:443")
			if n := events(); n != 101 {
				t.Error("the refusal of another client has no event")
			}
			time.Sleep(time.Minute)
			send("[2001:db8:1:2::1]:443")
			if n := events(); n != 102 || !strings.Contains(log.String(), "count=4901") {
				t.Errorf("%d events, and the last one does not count the others:\n%s", n, log.String())
			}
		})
	}
}

// The table of cookies is of fixed size: 8,192 of those that are good, and none of the others.
func TestFloodOfCookiesIsBounded(t *testing.T) {
	h := newHost()
	next := session(h.store, h.user).Require(nothing{})
	good := h.cookie(t, "alice").Value
	send := func(value string) { next.ServeHTTP(httptest.NewRecorder(), withCookie(value)) }
	send(good)
	flood := suite.Rounds(5_000, 200_000)
	before := suite.Heap()
	for n := range flood {
		send(fmt.Sprintf("%s%06d", good[:len(good)-6], n))
	}
	grown := suite.Grown(before)
	t.Logf("%d forged cookies: %.2f MB", flood, grown)
	if grown*1e6 > float64(100*flood)+1e6 {
		t.Errorf("forged cookies fill the memory: %.1f MB", grown)
	}
	asked := h.asked.Load()
	if send(good); h.asked.Load() != asked {
		t.Error("forged cookies have displaced a good one")
	}
	before = suite.Heap()
	const signed = 10_000
	for n := range signed {
		send(h.cookie(t, fmt.Sprint("user", n)).Value)
	}
	grown = suite.Grown(before)
	t.Logf("%d good cookies: %.1f MB, %.0f B for each of 8,192", signed, grown, grown*1e6/8192)
	if grown*1e6 > 8192*4000 {
		t.Errorf("good cookies fill the memory: %.1f MB", grown)
	}
	runtime.KeepAlive(next)
}
