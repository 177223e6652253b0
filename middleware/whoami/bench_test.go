package whoami_test

import (
	"testing"

	"github.com/go-pme/pme/middleware/whoami"
)

func BenchmarkRemembered(b *testing.B) {
	next := saying().gate(b).Require(nothing{})
	r := request("theme=dark; consent=yes; sid=s%3AQ2hhbmdlIG1lIQ.VGhlIHNpZ25hdHVyZSBvZiBhIHNlc3Npb24")
	next.ServeHTTP(nothing{}, r)
	b.ReportAllocs()
	for b.Loop() {
		next.ServeHTTP(nothing{}, r)
	}
}

// BenchmarkAsked is without the network: what the gate itself costs.
func BenchmarkAsked(b *testing.B) {
	h := always(answer{body: `{"id":"42","email":"alice@example.com","email_verified":true,"groups":["staff","facilities"],"name":"Alice"}`})
	next := h.gate(b, func(c *whoami.Config) { c.Remember = -1 }).Require(nothing{})
	r := with("alice")
	b.ReportAllocs()
	for b.Loop() {
		next.ServeHTTP(nothing{}, r)
		h.forget()
	}
}
