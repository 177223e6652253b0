package bearer_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/go-pme/pme/internal/gatetest"
	"github.com/go-pme/pme/internal/suite"
	"github.com/go-pme/pme/middleware/bearer"
)

// Refused tokens leave nothing behind, and do not keep good ones out.
func TestFloodOfTokensIsBounded(t *testing.T) {
	p := newProvider()
	p.keys = append(p.keys, jwk("fast", edKey().Public()))
	g := p.bearer(t, func(c *bearer.Config) { c.Logger = slog.New(slog.DiscardHandler) })
	t.Cleanup(func() { _ = g.Close() })
	next := g.Require(nothing{})
	send := func(token string) { next.ServeHTTP(httptest.NewRecorder(), withToken(token)) }
	token := func(n int, kid string) string {
		return sign(map[string]any{"alg": "EdDSA", "kid": kid}, asJSON(aliceClaims(map[string]any{"sub": fmt.Sprint("user", n), "groups": groupIDs()})), edKey())
	}
	send(token(0, "fast"))
	fetches := p.fetches.Load()
	before := suite.Heap()
	flood := suite.Rounds(5_000, 200_000)
	forged := token(0, "fast")
	for n := range flood {
		send(fmt.Sprintf("%s%06d", forged[:len(forged)-6], n))
	}
	grown := suite.Grown(before)
	t.Logf("%d forged tokens: %.2f MB", flood, grown)
	if grown*1e6 > float64(100*flood)+1e6 {
		t.Errorf("forged tokens fill the memory: %.1f MB", grown)
	}
	began := time.Now()
	for n := range 1000 {
		send(token(n, fmt.Sprint("unknown", n)))
	}
	if n := p.fetches.Load() - fetches; n > 1+int64(time.Since(began)/(5*time.Second)) {
		t.Errorf("1000 unknown keys make %d calls to the provider, want 1 in five seconds", n)
	}
	gatetest.WantSignedIn(t, g, withToken(token(1, "fast")), issuerURL+"#user1") // while the flood lasts
}

// believing takes every signature for good, so that a test need not make them.
type believing struct{}

func (believing) VerifySignature(_ context.Context, token string) ([]byte, error) {
	return base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[1])
}

func TestFloodOfGoodTokensIsBounded(t *testing.T) {
	g := newProvider().bearer(t, func(c *bearer.Config) { c.KeySet = believing{} })
	next := g.Require(nothing{})
	before := suite.Heap()
	good := suite.Rounds(10_000, 50_000)
	for n := range good {
		claims := asJSON(aliceClaims(map[string]any{"sub": fmt.Sprint("user", n), "groups": groupIDs()}))
		next.ServeHTTP(nothing{}, withToken(sign(plainHeader, claims, make([]byte, 32))))
	}
	grown := suite.Grown(before)
	t.Logf("%d good tokens: %.1f MB, %.0f B for each of 8,192", good, grown, grown*1e6/8192)
	if grown*1e6 > 8192*4000 {
		t.Errorf("good tokens fill the memory: %.1f MB", grown)
	}
	runtime.KeepAlive(next)
}
