package oidclogin_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/coreos/go-oidc/v3/oidc/oidctest"

	"github.com/go-pme/pme/middleware/oidclogin"
)

// groupNames are that many groups of an ordinary directory.
func groupNames(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("intranet-group-%02d", i)
	}
	return names
}

func BenchmarkHit(b *testing.B) { benchmarkGate(b, 5, 1) }

// BenchmarkMiss sends more different cookies in turn than are remembered, so that each of them is as
// good as never seen.
func BenchmarkMiss(b *testing.B) {
	for _, groups := range []int{5, 50} {
		b.Run(fmt.Sprint("groups=", groups), func(b *testing.B) { benchmarkGate(b, groups, 12000) })
	}
}

// benchmarkGate measures the gate alone, with that many different cookies of people in groups.
func benchmarkGate(b *testing.B, groups, cookies int) {
	b.Helper()
	p := newIDP(b)
	p.claims["groups"] = groupNames(groups)
	s := newSite(b, p)
	person := s.browser(b)
	person.signIn()
	first := person.sessionCookie().Value
	requests := []*http.Request{request("theme=dark; pme-session=" + first)}
	for _, value := range s.login.Resealed(b, first, cookies-1) {
		requests = append(requests, request("theme=dark; pme-session="+value))
	}
	next := s.login.Require(nothing{})
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		next.ServeHTTP(nothing{}, requests[i])
		i++
		if i == len(requests) {
			i = 0
		}
	}
}

// BenchmarkLogoutTokenRefused is what a logout token costs that everybody can send, next to a good one. Good
// ones have jti of their own, so that the store has as much to do as it ever has.
func BenchmarkLogoutTokenRefused(b *testing.B) {
	p, other := newIDP(b), newIDP(b)
	s := newSite(b, p, func(c *oidclogin.Config) { c.Logger = slog.New(slog.NewJSONHandler(nothing{}, nil)) })
	claims := `{"iss":"` + p.URL + `","aud":"` + clientID + `","sub":"` + subject + `"}`
	large := `{"x":"` + strings.Repeat("x", 5500) + `"}`
	for _, tt := range []struct {
		name, token string
		status      int
	}{
		{"unknown-kid", oidctest.SignIDToken(other.key, "unknown", oidc.ES256, claims), http.StatusServiceUnavailable}, // perhaps a new key
		{"no-kid", oidctest.SignIDToken(other.key, "", oidc.ES256, claims), http.StatusBadRequest},
		{"bad-signature", oidctest.SignIDToken(other.key, "key-1", oidc.ES256, claims), http.StatusBadRequest},
		{"bad-signature-8KB", oidctest.SignIDToken(other.key, "key-1", oidc.ES256, large), http.StatusBadRequest},
		{"60KB", strings.Repeat("A", 60<<10), http.StatusBadRequest},
	} {
		b.Run(tt.name, func(b *testing.B) {
			good := acceptedIn(b, s)
			b.ReportAllocs()
			body := form(tt.token)
			for b.Loop() {
				deliver(b, s, body, tt.status)
			}
			b.ReportMetric(float64(b.Elapsed())/float64(b.N)/good, "x-good")
		})
	}
}

// acceptedIn returns how many nanoseconds a good logout token takes.
func acceptedIn(b *testing.B, s *site) float64 {
	b.Helper()
	bodies := make([]string, 200)
	for i := range bodies {
		bodies[i] = form(s.idp.logoutToken(nil))
	}
	began := time.Now()
	for _, body := range bodies {
		deliver(b, s, body, http.StatusOK)
	}
	return float64(time.Since(began)) / float64(len(bodies))
}

func form(token string) string { return url.Values{"logout_token": {token}}.Encode() }

func deliver(b *testing.B, s *site, body string, want int) {
	b.Helper()
	r := httptest.NewRequest(http.MethodPost, "/auth/backchannel-logout", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	if s.login.ServeHTTP(w, r); w.Code != want {
		b.Fatalf("status %d, want %d", w.Code, want)
	}
}
