package oidclogin_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/go-pme/pme/internal/suite"
	"github.com/go-pme/pme/middleware/oidclogin"
)

// A login that begins is in the browser's cookies and in the state, and nowhere else. A callback that belongs to none and a
// session that cannot be read leave nothing behind either.
func TestFloodOfLoginsIsBounded(t *testing.T) {
	s := newSite(t, newIDP(t), func(c *oidclogin.Config) { c.Logger = slog.New(slog.DiscardHandler) })
	s.browser(t).signIn()
	gate := s.login.Require(nothing{})
	flood := suite.Rounds(3_000, 100_000)
	for _, kind := range []struct {
		name   string
		send   func(n int) (status int)
		status int
	}{
		{"logins that begin", func(n int) int { return record(s.login, fmt.Sprint("/auth/login?next=/page/", n)).Code }, http.StatusFound},
		{"callbacks of no login", func(n int) int { return record(s.login, fmt.Sprint("/auth/callback?code=c&state=", n)).Code }, http.StatusBadRequest},
		{"forged sessions", func(n int) int {
			w := httptest.NewRecorder()
			gate.ServeHTTP(w, request(fmt.Sprintf("pme-session=%0200d", n)))
			return w.Code
		}, http.StatusUnauthorized},
	} {
		kind.send(0)
		before := suite.Heap()
		for n := range flood {
			if status := kind.send(n); status != kind.status {
				t.Fatalf("%s: status %d, want %d", kind.name, status, kind.status)
			}
		}
		grown := suite.Grown(before)
		t.Logf("%d %s: %.2f MB", flood, kind.name, grown)
		if grown*1e6 > float64(100*flood)+1e6 { // 100 B each
			t.Errorf("%s fill the memory: %.1f MB", kind.name, grown)
		}
	}
}
