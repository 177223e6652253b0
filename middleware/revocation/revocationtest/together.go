package revocationtest

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/go-pme/pme/internal/suite"
	"github.com/go-pme/pme/middleware/revocation"
)

func oneOfTheNamesIsEnough(t *testing.T, s revocation.Store) {
	old := position(t, s)
	revoke(t, s, "b", long)
	revokeIssued(t, s, "c", at(1), long)
	for _, names := range [][]string{{"b"}, {"a", "b"}, {"b", "a"}, {"a", "b", "a"}} {
		want(t, s, true, began(old, names...))
	}
	for _, names := range [][]string{{"c"}, {"a", "c"}, {"c", "a"}} {
		want(t, s, true, issued(at(1), names...))
	}
	want(t, s, false, began(old, "a", "d"))
}

func awkwardNamesAreApart(t *testing.T, s revocation.Store) {
	names := []string{
		"oidc@x/ended/user/https://id.example#alice", "oidc@x/ended/user/https://id.example#Alice", "oidc@x/ended/user/*",
		"a", "a ", " a", "A", "a/", "a/b", "a:b", "a%2Fb", "a'b", `a"b`, `a\b`, "a{b}", "a_b", "a?b", "a[b]", "-", "$0",
		strings.Repeat("n", 299), strings.Repeat("n", 300),
	}
	for i, name := range names {
		revokeIssued(t, s, name, at(i), long)
	}
	for i, name := range names {
		want(t, s, true, issued(at(i), name))
		want(t, s, false, issued(at(i+1), name))
	}
}

func revocationIsSeenOnceItReturns(t *testing.T, s revocation.Store) {
	suite.Together(50, func(i int) {
		name := fmt.Sprint("session", i)
		for n := range 20 {
			before := position(t, s)
			want(t, s, false, began(before, name))
			revoke(t, s, name, long)
			want(t, s, true, began(before, name))
			want(t, s, false, began(position(t, s), name))
			want(t, s, false, issued(at(n), "issued", name+"issued"))
			revokeIssued(t, s, name+"issued", at(n), long)
			want(t, s, true, issued(at(n), "issued", name+"issued"))
		}
	})
}

func latestOfManyCounts(t *testing.T, s revocation.Store) {
	suite.Together(50, func(i int) {
		before := position(t, s)
		revoke(t, s, "user", long)
		revokeIssued(t, s, "user", at(i), long)
		want(t, s, true, began(before, "user"))
	})
	after := position(t, s)
	want(t, s, true, revocation.Session{Names: []string{"user"}, Position: after, IssuedAt: at(49)})
	want(t, s, false, revocation.Session{Names: []string{"user"}, Position: after, IssuedAt: at(50)})
}

func endedContextRemovesNothing(t *testing.T, s revocation.Store) {
	old := position(t, s)
	revoke(t, s, "a", long)
	revokeIssued(t, s, "b", at(1), long)
	now := position(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, session := range []revocation.Session{began(old, "a"), issued(at(1), "b")} {
		if is, err := s.Revoked(ctx, session); err == nil && !is {
			t.Errorf("Revoked(%+v) reports false and no error, want true or an error", session)
		}
	}
	if p, err := s.Position(ctx); err == nil && revoked(t, s, began(p, "a")) {
		t.Errorf("Position returns %q and no error, which is older than a revocation that has returned", p)
	}
	_ = s.Revoke(ctx, "b", soon)
	_ = s.RevokeIssued(ctx, "a", at(1), soon)
	want(t, s, true, began(old, "a"))
	want(t, s, true, issued(at(1), "b"))
	want(t, s, false, began(position(t, s), "a"))
	want(t, s, false, began(now, "a"))
}
