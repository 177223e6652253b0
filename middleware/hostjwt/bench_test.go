package hostjwt_test

import (
	"net/http"
	"testing"

	"github.com/go-pme/pme/middleware/hostjwt"
)

func benchmark(b *testing.B, r *http.Request, change ...func(*hostjwt.Config)) {
	b.Helper()
	next := gate(b, append(change, quiet)...).Require(nothing{})
	next.ServeHTTP(&status{header: http.Header{}}, r)
	w := &status{header: http.Header{}}
	b.ReportAllocs()
	for b.Loop() {
		clear(w.header)
		next.ServeHTTP(w, r)
	}
}

func forget(c *hostjwt.Config) { c.Remember = -1 }

func BenchmarkRemembered(b *testing.B) { benchmark(b, with(token(nil))) }

func BenchmarkCheckedHS256(b *testing.B) { benchmark(b, with(token(nil)), forget) }

func BenchmarkCheckedRS256(b *testing.B) {
	text := sign(`{"alg":"RS256"}`, asJSON(claims(nil)), "RS256", rsaKey())
	benchmark(b, with(text), forget, asymmetric("RS256", rsaKey().Public()))
}

func BenchmarkForged(b *testing.B) {
	benchmark(b, with(sign(plainHeader, asJSON(claims(nil)), "HS256", otherKey)))
}
