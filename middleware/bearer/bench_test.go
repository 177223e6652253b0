package bearer_test

import (
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/go-pme/pme/internal/gatetest"
	"github.com/go-pme/pme/middleware/bearer"
)

type nothing = gatetest.Nothing

// groupIDs are 12 as Entra ID has them, which makes a token of about 1 KB.
func groupIDs() []string {
	return strings.Fields(strings.Repeat("0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9 ", 12))
}

func benchmarkBearer(b *testing.B, change func(*bearer.Config)) {
	b.Helper()
	g, _ := counting(b, change)
	next := g.Require(nothing{})
	token := aliceToken(map[string]any{"email": "alice@example.com", "email_verified": true, "groups": groupIDs()})
	r := withToken(token)
	b.ReportAllocs()
	for b.Loop() {
		next.ServeHTTP(nothing{}, r)
	}
	b.ReportMetric(float64(len(token)), "token-bytes")
}

func BenchmarkBearerHit(b *testing.B) { benchmarkBearer(b, func(*bearer.Config) {}) }

func BenchmarkBearerMiss(b *testing.B) {
	benchmarkBearer(b, func(c *bearer.Config) { c.Remember = -1 })
}

// BenchmarkBearerRefused is what a token costs that everybody can send, at a provider with six RSA keys, next
// to a good one that is remembered.
func BenchmarkBearerRefused(b *testing.B) {
	p := newProvider()
	for i := range 5 {
		p.keys = append(p.keys, jwk(fmt.Sprint("another-", i), must(rsa.GenerateKey(rand.Reader, 2048)).Public()))
	}
	g := p.bearer(b, func(c *bearer.Config) { c.Logger = slog.New(slog.NewJSONHandler(nothing{}, nil)) })
	next := g.Require(nothing{})
	good := withToken(aliceToken(map[string]any{"groups": groupIDs()}))
	claims, large := asJSON(aliceClaims(map[string]any{"groups": groupIDs()})), asJSON(aliceClaims(map[string]any{"x": strings.Repeat("x", 11_500)}))
	forged := func(claims string, header map[string]any) string { return sign(header, claims, otherRSA()) }
	for _, tt := range []struct{ name, token string }{
		{"unknown-kid", forged(claims, map[string]any{"alg": "RS256", "kid": "unknown"})},
		{"unknown-kid-16KB", forged(large, map[string]any{"alg": "RS256", "kid": "unknown"})},
		{"no-kid", forged(claims, map[string]any{"alg": "RS256"})},
		{"bad-signature", forged(claims, plainHeader)},
		{"bad-signature-16KB", forged(large, plainHeader)},
		{"algorithm-of-no-key", forged(claims, map[string]any{"alg": "ES256", "kid": "one"})},
		{"algorithm-not-accepted", forged(claims, map[string]any{"alg": "PS256", "kid": "one"})},
		{"large-header", forged(claims, map[string]any{"alg": "RS256", "kid": "unknown", "x": strings.Repeat("[", 2900)})},
		{"154KB", strings.Repeat("A", 154<<10)},
	} {
		b.Run(tt.name, func(b *testing.B) {
			r := withToken(tt.token)
			next.ServeHTTP(httptest.NewRecorder(), r)
			remembered := perCall(func() { next.ServeHTTP(httptest.NewRecorder(), good) })
			b.ReportAllocs()
			for b.Loop() {
				next.ServeHTTP(httptest.NewRecorder(), r)
			}
			b.ReportMetric(float64(b.Elapsed())/float64(b.N)/remembered, "x-remembered")
		})
	}
}

// perCall returns how many nanoseconds f takes.
func perCall(f func()) float64 {
	const n = 5000
	began := time.Now()
	for range n {
		f()
	}
	return float64(time.Since(began)) / n
}
