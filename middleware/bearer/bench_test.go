package bearer_test

import (
	"net/http/httptest"
	"strings"
	"testing"

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

// BenchmarkBearerForgery is what a forged token costs that names a key of the provider.
func BenchmarkBearerForgery(b *testing.B) {
	g := newProvider().bearer(b)
	next := g.Require(nothing{})
	r := withToken(sign(plainHeader, asJSON(aliceClaims(map[string]any{"groups": groupIDs()})), otherRSA()))
	b.ReportAllocs()
	for b.Loop() {
		next.ServeHTTP(httptest.NewRecorder(), r)
	}
}
