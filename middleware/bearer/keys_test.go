package bearer_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-pme/pme/internal/gatetest"
	"github.com/go-pme/pme/middleware/bearer"
)

func wantFetches(tb testing.TB, p *provider, want int64) {
	tb.Helper()
	if got := p.fetches.Load(); got != want {
		tb.Errorf("the keys were fetched %d times, want %d", got, want)
	}
}

func wantDoubt(tb testing.TB, g gatetest.Gate, token string) {
	tb.Helper()
	wantRejected(tb, g, withToken(token), http.StatusServiceUnavailable, "temporarily_unavailable")
}

func TestProviderIsNotAskedBeforeTheFirstToken(t *testing.T) {
	p := newProvider()
	g := p.bearer(t)
	wantUnauthenticated(t, g, request())
	wantUnauthenticated(t, g, authorized("Basic YTpi"))
	wantRejected(t, g, withToken(strings.Repeat("a", 17<<10)), http.StatusBadRequest, "invalid_request")
	wantInvalid(t, g, "no.JWT")
	wantFetches(t, p, 0)
	wantSignedIn(t, g, withToken(aliceToken(nil)), aliceID)
	wantFetches(t, p, 1)
}

func TestProviderThatIsDownIsAnErrorAndThenTriedAgain(t *testing.T) {
	for name, fault := range map[string]func(p *provider){
		"network":               func(p *provider) { p.broken = errNetwork },
		"status":                func(p *provider) { p.status = http.StatusBadGateway },
		"redirect":              func(p *provider) { p.status = http.StatusFound },
		"too slow":              func(p *provider) { p.delay = time.Minute },
		"HTML":                  document("/keys", "<html>"),
		"HTML for discovery":    document(discoveryPath, "<html>"),
		"empty object":          document("/keys", "{}"),
		"no keys":               document("/keys", `{"keys":[]}`),
		"broken key":            document("/keys", `{"keys":[{"kty":"RSA","n":"!","e":"AQAB"}]}`),
		"no object":             document("/keys", `{"keys":[7]}`),
		"more than can be read": document("/keys", `{"keys":[`+asJSON(jwk("one", rsaKey().Public()))+strings.Repeat(" ", 1<<20)+`]}`),
		"other issuer":          document(discoveryPath, `{"issuer":"https://evil.example","jwks_uri":"https://id.example.com/keys"}`),
		"keys without TLS":      document(discoveryPath, `{"issuer":"`+issuerURL+`","jwks_uri":"http://id.example.com/keys"}`),
		"keys on this machine":  document(discoveryPath, `{"issuer":"`+issuerURL+`","jwks_uri":"http://127.0.0.1/keys"}`),
		"keys in a file":        document(discoveryPath, `{"issuer":"`+issuerURL+`","jwks_uri":"file:///keys"}`),
		"keys nowhere":          document(discoveryPath, `{"issuer":"`+issuerURL+`"}`),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newProvider()
				g := p.bearer(t)
				p.set(fault)
				token := aliceToken(nil)
				wantDoubt(t, g, token)
				p.set(func(p *provider) { p.broken, p.status, p.delay, p.documents = nil, 0, 0, nil })
				wantDoubt(t, g, token) // a moment ago it was down
				time.Sleep(5 * time.Second)
				wantSignedIn(t, g, withToken(token), aliceID)
			})
		})
	}
}

const discoveryPath = "/realm/.well-known/openid-configuration"

func document(path, body string) func(*provider) {
	return func(p *provider) { p.documents = map[string]string{path: body} }
}

func TestKeyOfAnUnknownKindDoesNoHarm(t *testing.T) {
	p := newProvider()
	p.keys = append(p.keys, map[string]any{"kty": "OKP", "crv": "Ed448", "kid": "x", "x": "AA"}, map[string]any{"kty": "RSA", "alg": "ES256K"})
	wantSignedIn(t, p.bearer(t), withToken(aliceToken(nil)), aliceID)
}

func TestManyTokensAtOnceMakeOneFetch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newProvider()
		p.delay = time.Second
		g := p.bearer(t)
		var all sync.WaitGroup
		for i := range 50 {
			token := aliceToken(map[string]any{"sub": fmt.Sprint("user-", i)})
			all.Go(func() { wantSignedIn(t, g, withToken(token), fmt.Sprint(issuerURL, "#user-", i)) })
		}
		all.Wait()
		wantFetches(t, p, 1)
	})
}

func TestClientThatLeavesNeitherEndsTheFetchNorWaitsForIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newProvider()
		p.delay = time.Second
		g := p.bearer(t)
		ctx, leave := context.WithTimeout(t.Context(), time.Millisecond)
		defer leave()
		began := time.Now()
		if w, user := visit(g, withToken(aliceToken(nil)).WithContext(ctx)); user != "" || w.Code != http.StatusServiceUnavailable {
			t.Errorf("let through %q with status %d", user, w.Code)
		}
		if waited := time.Since(began); waited > time.Millisecond {
			t.Errorf("waited for %v", waited)
		}
		time.Sleep(10 * time.Second)
		p.set(func(p *provider) { p.broken = errNetwork })
		wantSignedIn(t, g, withToken(aliceToken(nil)), aliceID)
	})
}

func TestNewKeyIsAcceptedAfterOneMoreFetch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newProvider()
		g := p.bearer(t)
		wantSignedIn(t, g, withToken(aliceToken(nil)), aliceID)
		time.Sleep(5 * time.Second)
		p.set(func(p *provider) { p.keys = []map[string]any{jwk("two", otherRSA().Public())} })
		rotated := sign(map[string]any{"alg": "RS256", "kid": "two"}, asJSON(aliceClaims(nil)), otherRSA())
		wantSignedIn(t, g, withToken(rotated), aliceID)
		wantFetches(t, p, 2)
		time.Sleep(5 * time.Second)
		// The old key is gone; the token of it that is remembered has up to Remember.
		wantInvalid(t, g, aliceToken(map[string]any{"sub": "bob"}))
	})
}

func TestWithdrawnKeyIsGoneWithinAnHour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newProvider()
		g := p.bearer(t)
		wantSignedIn(t, g, withToken(aliceToken(nil)), aliceID)
		p.set(func(p *provider) { p.keys = []map[string]any{jwk("two", otherRSA().Public())} })
		time.Sleep(time.Hour)
		wantInvalid(t, g, aliceToken(nil))
		wantFetches(t, p, 2)
	})
}

func TestKnownKeysServeForADayWhileTheProviderIsDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newProvider()
		g := p.bearer(t, func(c *bearer.Config) { c.Remember = -1 })
		wantSignedIn(t, g, withToken(aliceToken(nil)), aliceID)
		p.set(func(p *provider) { p.broken = errNetwork })
		time.Sleep(24*time.Hour - 1)
		wantSignedIn(t, g, withToken(aliceToken(nil)), aliceID)
		// What fits none of them may be a new key's.
		wantDoubt(t, g, sign(map[string]any{"alg": "RS256", "kid": "two"}, asJSON(aliceClaims(nil)), otherRSA()))
		time.Sleep(time.Nanosecond)
		wantDoubt(t, g, aliceToken(nil))
	})
}

func TestForgeriesDoNotFloodTheProvider(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newProvider()
		g := p.bearer(t)
		wantSignedIn(t, g, withToken(aliceToken(nil)), aliceID)
		for i := range 100 {
			token := sign(map[string]any{"alg": "RS256", "kid": fmt.Sprint(i)}, asJSON(aliceClaims(nil)), otherRSA())
			if i == 50 { // five seconds after the last fetch
				wantInvalid(t, g, token)
			} else {
				wantDoubt(t, g, token)
			}
			time.Sleep(100 * time.Millisecond)
		}
		wantFetches(t, p, 2) // the first, and one more in ten seconds less a moment

		p.set(func(p *provider) { p.broken = errNetwork })
		before := p.calls.Load()
		for i := range 100 {
			token := sign(map[string]any{"alg": "RS256", "kid": fmt.Sprint(i)}, asJSON(aliceClaims(nil)), otherRSA())
			if _, user := visit(g, withToken(token)); user != "" {
				t.Fatalf("let through %q", user)
			}
		}
		if calls := p.calls.Load() - before; calls > 1 {
			t.Errorf("the provider that is down was called %d times, want once", calls)
		}
	})
}
