package provider

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// publisher is a provider that publishes one key, after a delay.
type publisher struct {
	document []byte
	delay    atomic.Int64 // in nanoseconds
	fetches  atomic.Int64
	panics   atomic.Bool
}

func (p *publisher) RoundTrip(r *http.Request) (*http.Response, error) {
	body := `{"issuer":"https://id.example","jwks_uri":"https://id.example/keys"}`
	if r.URL.Path == "/keys" {
		p.fetches.Add(1)
		body = string(p.document)
	}
	if p.panics.Load() {
		panic("the host's transport")
	}
	select {
	case <-time.After(time.Duration(p.delay.Load())):
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}

// inTime runs f with keys that have been fetched, and tokens that they have and have not signed.
func inTime(t *testing.T, f func(t *testing.T, k *Keys, p *publisher, good, forged string)) {
	t.Helper()
	good, forged := signed(t, jose.EdDSA, edwards(), "one"), signed(t, jose.EdDSA, edwards(), "unknown")
	synctest.Test(t, func(t *testing.T) {
		p := &publisher{document: document(t, jose.JSONWebKey{Key: edwards().Public(), KeyID: "one"})}
		k := NewKeys(Config{
			Issuer: "https://id.example", Client: NewClient(&http.Client{Transport: p}), Logger: slog.New(slog.DiscardHandler), Now: time.Now,
		})
		defer k.Close()
		wantScreened(t, k, good, 0)
		f(t, k, p, good, forged)
	})
}

// wantScreened fails unless the token is let through within that time, and go-jose takes it then.
func wantScreened(t *testing.T, k *Keys, token string, within time.Duration) {
	t.Helper()
	began := time.Now()
	err := k.Screen(t.Context(), token, Algorithms)
	if took := time.Since(began); err != nil || took > within {
		t.Errorf("screened after %v: %v; want it let through within %v", took, err, within)
	}
	if _, err := k.VerifySignature(t.Context(), token); err != nil {
		t.Errorf("verified: %v", err)
	}
}

func TestForgedTokenMakesNoGoodOneWait(t *testing.T) {
	inTime(t, func(t *testing.T, k *Keys, p *publisher, good, forged string) {
		time.Sleep(keysPause)
		p.delay.Store(int64(time.Second))
		for range 10 {
			go func() { _ = k.Screen(t.Context(), forged, Algorithms) }()
		}
		synctest.Wait() // for the fetch
		wantScreened(t, k, good, 0)
		time.Sleep(3 * time.Second)
		if n := p.fetches.Load(); n != 2 {
			t.Errorf("%d fetches, want one for all forged tokens", n-1)
		}
	})
}

func TestForgedTokenWaitsForNoFetchAMomentAfterOne(t *testing.T) {
	inTime(t, func(t *testing.T, k *Keys, p *publisher, _, forged string) {
		p.delay.Store(int64(time.Hour))
		for range 4 {
			began := time.Now()
			if err := k.Screen(t.Context(), forged, Algorithms); !errors.Is(err, errUnknownKey) || time.Since(began) > 0 {
				t.Errorf("refused after %v: %v", time.Since(began), err)
			}
			time.Sleep(time.Second)
		}
		if n := p.fetches.Load(); n != 1 {
			t.Errorf("%d fetches, want none for forged tokens", n-1)
		}
	})
}

func TestTokenThatIsNotInOrderCausesNoFetch(t *testing.T) {
	inTime(t, func(t *testing.T, k *Keys, p *publisher, good, _ string) {
		time.Sleep(keysPause)
		for name, tc := range map[string]struct {
			token      string
			algorithms []string
			want       error
		}{
			"no JWT":            {"x", Algorithms, errNoJWT},
			"another algorithm": {good, []string{"RS256"}, errAlgorithm},
			"no algorithm":      {good, nil, errAlgorithm},
		} {
			if err := k.Screen(t.Context(), tc.token, tc.algorithms); !errors.Is(err, tc.want) {
				t.Errorf("%s: %v, want %v", name, err, tc.want)
			}
		}
		if n := p.fetches.Load(); n != 1 {
			t.Errorf("%d fetches, want none", n-1)
		}
	})
}

func TestKeysAreFetchedAnewWhileTheyServe(t *testing.T) {
	inTime(t, func(t *testing.T, k *Keys, p *publisher, good, _ string) {
		p.delay.Store(int64(2 * time.Second))
		time.Sleep(keysStale)
		for range 10 {
			wantScreened(t, k, good, 0)
		}
		time.Sleep(5 * time.Second)
		if n := p.fetches.Load(); n != 2 {
			t.Errorf("%d fetches, want one beside the tokens", n-1)
		}
		time.Sleep(keysStale - time.Minute)
		wantScreened(t, k, good, 0)
		synctest.Wait()
		if n := p.fetches.Load(); n != 2 {
			t.Errorf("%d fetches, want none as the keys are new", n-2)
		}
	})
}

func TestProviderThatHangsDelaysGoodTokensForASecondAtMost(t *testing.T) {
	inTime(t, func(t *testing.T, k *Keys, p *publisher, good, forged string) {
		time.Sleep(keysAge)
		p.delay.Store(int64(time.Minute))
		for range 5 {
			wantScreened(t, k, good, keysPatience)
			for range 9 { // the fetch goes on for ten seconds
				wantScreened(t, k, good, 0)
				time.Sleep(time.Second)
			}
			time.Sleep(keysPause)
		}
		ctx, leave := context.WithTimeout(t.Context(), 3*time.Second)
		defer leave()
		if err := k.Screen(ctx, forged, Algorithms); !errors.Is(err, ErrKeys) {
			t.Errorf("forged token: %v, want doubt", err)
		}
	})
}

func TestPanicOfTheTransportIsNoFetchInProgress(t *testing.T) {
	inTime(t, func(t *testing.T, k *Keys, p *publisher, good, _ string) {
		p.panics.Store(true)
		time.Sleep(keysAge)
		wantScreened(t, k, good, 0)
		p.panics.Store(false)
		time.Sleep(time.Minute)
		wantScreened(t, k, good, 0)
		if n := p.fetches.Load(); n != 2 {
			t.Errorf("%d fetches after the panic, want one", n-1)
		}
	})
}

func TestKeysThatAreLeftOutAreLoggedOnceForEachChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		good := jose.JSONWebKey{Key: edwards().Public(), KeyID: "one"}
		bad := func(kid string) any { return map[string]any{"kty": "EC", "crv": "BP-256", "kid": kid} }
		p := &publisher{document: document(t, good, bad("brainpool"))}
		k := NewKeys(Config{
			Issuer: "https://id.example", Client: NewClient(&http.Client{Transport: p}), Logger: slog.New(slog.NewTextHandler(&log, nil)), Now: time.Now,
		})
		defer k.Close()
		for _, want := range []struct {
			document []byte
			lines    int
		}{
			{document(t, good, bad("brainpool")), 1},
			{document(t, good, bad("brainpool")), 1},
			{document(t, good, bad("another")), 2},
			{document(t, good), 2},
			{document(t, good, bad("brainpool")), 3},
		} {
			p.document = want.document
			wantScreened(t, k, signed(t, jose.EdDSA, edwards(), "one"), 0)
			if n := strings.Count(log.String(), "left out"); n != want.lines {
				t.Errorf("%d lines, want %d:\n%s", n, want.lines, log.String())
			}
			time.Sleep(keysAge)
		}
		for _, name := range []string{`brainpool`, `another`, "issuer=https://id.example", "level=WARN"} {
			if !strings.Contains(log.String(), name) {
				t.Errorf("the log does not have %s:\n%s", name, log.String())
			}
		}
	})
}

// A key that is used within seconds of a fetch.
func TestKeyThatIsNewerThanTheLastFetch(t *testing.T) {
	inTime(t, func(t *testing.T, k *Keys, p *publisher, _, _ string) {
		two := p256()
		p.document = document(t, jose.JSONWebKey{Key: two.Public(), KeyID: "two"})
		rotated := signed(t, jose.ES256, two, "two")
		if err := k.Screen(t.Context(), rotated, Algorithms); !errors.Is(err, ErrTooSoon) {
			t.Errorf("screened: %v, want no verdict yet", err)
		}
		if _, err := k.VerifySignature(t.Context(), rotated); !errors.Is(err, ErrTooSoon) {
			t.Errorf("verified: %v, want no verdict yet", err)
		}
		if n := p.fetches.Load(); n != 1 {
			t.Errorf("%d fetches, want none for tokens that anyone can send", n-1)
		}
		if _, err := k.AtOnce().VerifySignature(t.Context(), rotated); err != nil {
			t.Errorf("from the provider itself: %v", err)
		}
		wantScreened(t, k, rotated, 0)
		if n := p.fetches.Load(); n != 2 {
			t.Errorf("%d fetches, want one for the token of the provider", n-1)
		}
	})
}

func TestProviderThatDoesNotNameItsKeys(t *testing.T) {
	inTime(t, func(t *testing.T, k *Keys, p *publisher, _, _ string) {
		time.Sleep(keysAge)
		p.document = document(t, jose.JSONWebKey{Key: edwards().Public()})
		wantScreened(t, k, signed(t, jose.EdDSA, edwards(), ""), 0)
		two := p256()
		p.document = document(t, jose.JSONWebKey{Key: two.Public()})
		rotated := signed(t, jose.ES256, two, "")
		if err := k.Screen(t.Context(), rotated, Algorithms); !errors.Is(err, ErrTooSoon) {
			t.Errorf("screened: %v, want no verdict yet", err)
		}
		time.Sleep(keysPause)
		wantScreened(t, k, rotated, 0)
	})
}
