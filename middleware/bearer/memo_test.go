package bearer_test

import (
	"context"
	"crypto"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"

	"github.com/go-pme/pme/middleware"
	"github.com/go-pme/pme/middleware/bearer"
)

// countingKeys counts the signatures that are checked.
type countingKeys struct {
	oidc.KeySet
	checks atomic.Int64
	before func()
}

func (k *countingKeys) VerifySignature(ctx context.Context, token string) ([]byte, error) {
	if k.checks.Add(1) == 1 && k.before != nil {
		k.before()
	}
	return k.KeySet.VerifySignature(ctx, token)
}

func counting(tb testing.TB, change ...func(*bearer.Config)) (*middleware.Gate, *countingKeys) {
	tb.Helper()
	keys := &countingKeys{KeySet: &oidc.StaticKeySet{PublicKeys: []crypto.PublicKey{rsaKey().Public()}}}
	change = append(change, func(c *bearer.Config) { c.KeySet, c.HTTPClient = keys, nil })
	return newProvider().bearer(tb, change...), keys
}

func wantChecks(tb testing.TB, k *countingKeys, want int64) {
	tb.Helper()
	if got := k.checks.Load(); got != want {
		tb.Errorf("%d signatures were checked, want %d", got, want)
	}
}

func TestRepeatedTokenCostsNoSignatureCheck(t *testing.T) {
	g, keys := counting(t)
	alice, bob := aliceToken(nil), aliceToken(map[string]any{"sub": "bob"})
	for range 5 {
		wantSignedIn(t, g, withToken(alice), aliceID)
		wantSignedIn(t, g, authorized("bearer   "+bob), issuerURL+"#bob")
	}
	wantChecks(t, keys, 2)
}

func TestRepeatedTokenMakesTwoAllocations(t *testing.T) {
	g, _ := counting(t)
	next := g.Require(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	r := withToken(aliceToken(nil))
	if n := testing.AllocsPerRun(1000, func() { next.ServeHTTP(nil, r) }); n > 2 {
		t.Errorf("%v allocations, want the context's and the request's", n)
	}
}

func TestTokenIsCheckedAgainAfterRemember(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, keys := counting(t)
		token := aliceToken(nil)
		for range 3 {
			wantSignedIn(t, g, withToken(token), aliceID)
			time.Sleep(5*time.Minute - 1)
			wantSignedIn(t, g, withToken(token), aliceID)
			time.Sleep(time.Nanosecond)
		}
		wantChecks(t, keys, 3)
	})
}

func TestRememberBelowZeroChecksEveryTime(t *testing.T) {
	g, keys := counting(t, func(c *bearer.Config) { c.Remember = -1 })
	for range 3 {
		wantSignedIn(t, g, withToken(aliceToken(nil)), aliceID)
	}
	g.Invalidate(aliceID)
	wantChecks(t, keys, 3)
}

func TestLongTokenIsAcceptedAndNotRemembered(t *testing.T) {
	g, keys := counting(t)
	token := aliceToken(map[string]any{"padding": strings.Repeat("x", 5000)})
	for range 2 {
		wantSignedIn(t, g, withToken(token), aliceID)
	}
	wantChecks(t, keys, 2)
}

func TestForgetDuringACheckKeepsTheTokenFromBeingRemembered(t *testing.T) {
	var g *middleware.Gate
	g, keys := counting(t)
	keys.before = func() { g.Invalidate(aliceID) }
	token := aliceToken(nil)
	for range 3 {
		wantSignedIn(t, g, withToken(token), aliceID)
	}
	wantChecks(t, keys, 2)
}
