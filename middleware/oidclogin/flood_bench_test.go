package oidclogin_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/go-pme/pme/middleware/oidclogin"
)

// BenchmarkFlood is what requests cost that anyone can send, as often as they like. None of them calls the provider.
func BenchmarkFlood(b *testing.B) {
	s := newSite(b, newIDP(b), func(c *oidclogin.Config) { c.Logger = slog.New(slog.NewJSONHandler(nothing{}, nil)) })
	s.browser(b).signIn()
	gate := s.login.Require(nothing{})
	for name, send := range map[string]func() int{
		"login":             func() int { return record(s.login, "/auth/login?next=/page").Code },
		"callback":          func() int { return record(s.login, "/auth/callback?code=c&state=s").Code },
		"forged-session":    func() int { return status(gate, request("pme-session="+strings.Repeat("A", 200))) },
		"no-session":        func() int { return status(gate, request()) },
		"4KB-session":       func() int { return status(gate, request("pme-session="+strings.Repeat("A", 4000))) },
		"forged-log-out":    func() int { return status(s.login, httptest.NewRequest(http.MethodPost, "/auth/logout", nil)) },
		"address-of-no-one": func() int { return record(s.login, "/auth/nothing").Code },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				send()
			}
		})
	}
}

func status(h http.Handler, r *http.Request) int {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Code
}
