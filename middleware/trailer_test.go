package middleware_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/go-pme/pme/identity"
)

// Traefik CVE-2026-88004: the request that is passed on has none of the proxy's names as trailers either.
func TestSpoofedTrailersAreNotPassedOn(t *testing.T) {
	alice := ask(func(*http.Request) (identity.User, error) { return identity.User{ID: "alice"}, nil })
	for _, announced := range []bool{true, false} {
		var passed http.Header
		g := first(alice, behindProxy(t)).Require(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			passed = r.Trailer
		}))
		s := httptest.NewServer(g)
		r, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL, io.MultiReader(strings.NewReader("x")))
		r.Trailer = http.Header{"X-Forwarded-User": {"root"}, "X_forwarded_groups": {"admins"}}
		if !announced {
			r.Trailer = http.Header{"Expires": {"0"}}
		}
		res, err := s.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		s.Close()
		for name := range passed {
			if strings.HasPrefix(strings.ReplaceAll(strings.ToLower(name), "_", "-"), "x-forwarded-") {
				t.Errorf("passed on with the trailers %v", passed)
			}
		}
	}
}
