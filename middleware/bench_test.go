package middleware_test

import (
	"net/http"
	"testing"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/gatetest"
	"github.com/go-pme/pme/middleware"
)

type nothing = gatetest.Nothing

func BenchmarkSessionHit(b *testing.B) {
	h := newHost()
	benchmark(b, session(h.store, h.user), h)
}

func BenchmarkSessionMiss(b *testing.B) {
	h := newHost()
	benchmark(b, session(h.store, h.user, remember(0)), h)
}

func BenchmarkFunc(b *testing.B) {
	benchmark(b, ask(func(*http.Request) (identity.User, error) {
		return identity.User{ID: "alice"}, nil
	}), newHost())
}

// BenchmarkSessionHitParallel shows what readers of one and the same cookie cost each other.
func BenchmarkSessionHitParallel(b *testing.B) {
	h := newHost()
	next := session(h.store, h.user).Require(nothing{})
	c := h.cookie(b, "alice")
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		r := request("theme=dark; " + sessionName + "=" + c.Value)
		for pb.Next() {
			next.ServeHTTP(nothing{}, r)
		}
	})
}

func benchmark(b *testing.B, g *middleware.Gate, h *host) {
	b.Helper()
	next := g.Require(nothing{})
	r := request("theme=dark; " + sessionName + "=" + h.cookie(b, "alice").Value)
	b.ReportAllocs()
	for b.Loop() {
		next.ServeHTTP(nothing{}, r)
	}
}
