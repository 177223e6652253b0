package oidclogin_test

import (
	"fmt"
	"net/http"
	"testing"
)

// groupNames are that many groups of an ordinary directory.
func groupNames(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("intranet-group-%02d", i)
	}
	return names
}

func BenchmarkHit(b *testing.B) { benchmarkGate(b, 5, 1) }

// BenchmarkMiss sends more different cookies in turn than are remembered, so that each of them is as
// good as never seen.
func BenchmarkMiss(b *testing.B) {
	for _, groups := range []int{5, 50} {
		b.Run(fmt.Sprint("groups=", groups), func(b *testing.B) { benchmarkGate(b, groups, 12000) })
	}
}

// benchmarkGate measures the gate alone, with that many different cookies of people in groups.
func benchmarkGate(b *testing.B, groups, cookies int) {
	b.Helper()
	p := newIDP(b)
	p.claims["groups"] = groupNames(groups)
	s := newSite(b, p)
	person := s.browser(b)
	person.signIn()
	first := person.sessionCookie().Value
	requests := []*http.Request{request("theme=dark; pme-session=" + first)}
	for _, value := range s.login.Resealed(b, first, cookies-1) {
		requests = append(requests, request("theme=dark; pme-session="+value))
	}
	next := s.login.Require(nothing{})
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		next.ServeHTTP(nothing{}, requests[i])
		i++
		if i == len(requests) {
			i = 0
		}
	}
}
