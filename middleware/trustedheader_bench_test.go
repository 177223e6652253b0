package middleware_test

import (
	"net/http"
	"testing"

	"github.com/go-pme/pme/identity"
)

func BenchmarkTrustedHeader(b *testing.B) {
	next := behindProxy(b, withSecret).Require(nothing{})
	r := fromProxy("X-Forwarded-User", "alice", "X-Forwarded-Email", "alice@example.com", "X-Forwarded-Groups", "staff,facilities",
		"X-Proxy-Secret", secretOfProxy, "Accept", "*/*", "User-Agent", "benchmark", "X-Forwarded-For", "203.0.113.1")
	b.ReportAllocs()
	for b.Loop() {
		next.ServeHTTP(nothing{}, r)
	}
}

// BenchmarkFirst is what two gates cost before the one that recognises somebody.
func BenchmarkFirst(b *testing.B) {
	session := ask(func(*http.Request) (identity.User, error) { return identity.User{ID: "alice"}, nil })
	next := first(keyGate(new(keys)), behindProxy(b), session).Require(nothing{})
	r := request()
	b.ReportAllocs()
	for b.Loop() {
		next.ServeHTTP(nothing{}, r)
	}
}
