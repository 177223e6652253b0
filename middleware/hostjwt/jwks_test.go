package hostjwt_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-pme/pme/middleware"
	"github.com/go-pme/pme/middleware/hostjwt"
)

// keySet is a host that publishes keys, without a network.
type keySet struct {
	mu      sync.Mutex
	body    string
	fetches int
	broken  error
}

func (k *keySet) set(change func()) {
	k.mu.Lock()
	defer k.mu.Unlock()
	change()
}

func (k *keySet) RoundTrip(r *http.Request) (*http.Response, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if r.URL.String() != "https://host.example.com/jwks" {
		return nil, errors.New("unexpected call of " + r.URL.String())
	}
	k.fetches++
	if k.broken != nil {
		return nil, k.broken
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(k.body)), Request: r}, nil
}

// edJWK is the public key of edKey.
func edJWK(kid string) string {
	return `{"kty":"OKP","crv":"Ed25519","kid":"` + kid + `","x":"` + encode(edKey()[32:]) + `"}`
}

func (k *keySet) gate(tb testing.TB, change ...func(*hostjwt.Config)) *middleware.Gate {
	tb.Helper()
	return gate(tb, append([]func(*hostjwt.Config){quiet, func(c *hostjwt.Config) {
		c.Algorithm, c.Keys, c.JWKSURL, c.Issuer, c.Audience = "EdDSA", nil, "https://host.example.com/jwks", "host", "pme"
		c.HTTPClient = &http.Client{Transport: k}
	}}, change...)...)
}

func published(kid string, changes map[string]any) string {
	all := map[string]any{"iss": "host", "aud": "pme"}
	for name, value := range changes {
		all[name] = value
	}
	return sign(`{"alg":"EdDSA","kid":"`+kid+`"}`, asJSON(claims(all)), "EdDSA", edKey())
}

func TestPublishedKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := &keySet{body: `{"keys":[` + edJWK("one") + `,{"kty":"oct","kid":"hmac","k":"` + encode([]byte(key)) + `"}]}`}
		g := k.gate(t)
		wantSignedIn(t, g, with(published("one", nil)), "alice")
		for _, text := range []string{
			published("one", map[string]any{"aud": "other"}), published("one", map[string]any{"iss": "other"}), published("one", map[string]any{"aud": nil}),
			sign(`{"alg":"HS256","kid":"hmac"}`, asJSON(claims(map[string]any{"iss": "host", "aud": "pme"})), "HS256", key),
			sign(`{"alg":"EdDSA","kid":"hmac"}`, asJSON(claims(map[string]any{"iss": "host", "aud": "pme"})), "HS256", key),
		} {
			time.Sleep(6 * time.Second)
			wantRejected(t, g, with(text), http.StatusUnauthorized, "invalid_token")
		}
		wantUnauthenticated(t, g, with(published("one", map[string]any{"exp": 1})))
		k.set(func() { k.body = `{"keys":[` + edJWK("two") + `]}` })
		time.Sleep(6 * time.Second)
		wantSignedIn(t, g, with(published("two", nil)), "alice")
	})
}

func TestKeySetThatCannotBeFetchedIsNoVerdict(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := &keySet{broken: errors.New("connection refused")}
		g := k.gate(t, func(c *hostjwt.Config) { c.LoginURL = "/login" })
		for range 100 {
			w, user := visit(g, navigation(with(published("one", nil))))
			if user != "" || w.Code != http.StatusServiceUnavailable {
				t.Fatalf("let through %q with status %d, want 503", user, w.Code)
			}
		}
		if k.fetches != 1 {
			t.Errorf("%d fetches, want 1", k.fetches)
		}
		if parts := g.HealthParts(); len(parts) != 1 || parts[0].Name != "keys" || parts[0].Check(t.Context()) == nil {
			t.Errorf("health %v does not tell", parts)
		}
		if err := g.Close(); err != nil {
			t.Error(err)
		}
	})
}
