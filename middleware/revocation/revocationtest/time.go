package revocationtest

import (
	"testing"
	"time"

	"github.com/go-pme/pme/middleware/revocation"
)

func revokeIssuedReachesWhatIsOlder(t *testing.T, s revocation.Store) {
	revokeIssued(t, s, "a", at(1), long)
	for range 2 {
		want(t, s, true, issued(at(0), "a"))
		want(t, s, true, issued(at(1), "a"))
		want(t, s, true, issued(time.Time{}, "a"))
		want(t, s, false, issued(at(1).Add(time.Millisecond), "a"))
		want(t, s, false, issued(at(0), "b"))
		revokeIssued(t, s, "a", at(1), long) // once more changes nothing
	}
	revokeIssued(t, s, "c", at(1).Add(7*time.Millisecond), long)
	want(t, s, true, issued(at(1).Add(7*time.Millisecond), "c"))
	want(t, s, false, issued(at(1).Add(8*time.Millisecond), "c"))
	future := everSince.Add(time.Hour) // by no means wrong: another clock
	revokeIssued(t, s, "d", future, long)
	want(t, s, true, issued(future, "d"))
	want(t, s, false, issued(future.Add(time.Second), "d"))
}

func revokeIssuedLooksAtNoPosition(t *testing.T, s revocation.Store) {
	before := position(t, s)
	revokeIssued(t, s, "a", at(1), long)
	for _, p := range []string{"", "unknown", before, position(t, s)} {
		want(t, s, true, revocation.Session{Names: []string{"a"}, Position: p, IssuedAt: at(1)})
		want(t, s, false, revocation.Session{Names: []string{"a"}, Position: p, IssuedAt: at(2)})
	}
}

func latestUntilCounts(t *testing.T, s revocation.Store) {
	revokeIssued(t, s, "a", at(2), long)
	revokeIssued(t, s, "a", at(1), long)
	want(t, s, true, issued(at(2), "a"))
	revokeIssued(t, s, "a", at(3), long)
	want(t, s, true, issued(at(3), "a"))
	want(t, s, false, issued(at(4), "a"))
}

func lastUntilRevokesEverySession(t *testing.T, s revocation.Store) {
	last := time.Date(9999, time.December, 31, 23, 59, 59, 0, time.UTC)
	revokeIssued(t, s, "a", last, long)
	revokeIssued(t, s, "a", at(1), long)
	for _, at := range []time.Time{{}, at(0), everSince, last} {
		want(t, s, true, revocation.Session{Names: []string{"a"}, Position: position(t, s), IssuedAt: at})
	}
}

func bothKindsAddUp(t *testing.T, s revocation.Store) {
	before := position(t, s)
	revoke(t, s, "a", long)
	after := position(t, s)
	revokeIssued(t, s, "a", at(1), long)
	revokeIssued(t, s, "b", at(1), long)
	revoke(t, s, "b", long)
	for position, old := range map[string]bool{before: true, after: false} {
		for _, n := range []int{1, 2} {
			want(t, s, old || n == 1, revocation.Session{Names: []string{"a"}, Position: position, IssuedAt: at(n)})
			want(t, s, true, revocation.Session{Names: []string{"b"}, Position: position, IssuedAt: at(n)})
		}
	}
	want(t, s, false, revocation.Session{Names: []string{"a", "b"}, Position: position(t, s), IssuedAt: at(2)})
}

func revocationExpires(t *testing.T, s revocation.Store) {
	old := position(t, s)
	revoke(t, s, "a", soon)
	revokeIssued(t, s, "b", at(1), soon)
	revoke(t, s, "c", long)
	revokeIssued(t, s, "c", at(1), long)
	eventually(t, "the revocations have expired", func() bool {
		return !revoked(t, s, began(old, "a")) && !revoked(t, s, issued(at(1), "b"))
	})
	want(t, s, true, began(old, "c"))
	want(t, s, true, issued(at(1), "c"))
	revokeIssued(t, s, "b", at(0), long) // an expired revocation does not come back with a new one
	want(t, s, false, issued(at(1), "b"))
	revokeIssued(t, s, "a", at(0), long)
	want(t, s, false, began(old, "a"))
}

func longestTTLCounts(t *testing.T, s revocation.Store) {
	old := position(t, s)
	revokeIssued(t, s, "a", at(1), long)
	revokeIssued(t, s, "a", at(2), soon)
	revokeIssued(t, s, "b", at(2), soon)
	revokeIssued(t, s, "b", at(1), long)
	revoke(t, s, "c", long)
	revoke(t, s, "c", soon)
	revoke(t, s, "d", soon)
	eventually(t, "the revocation has expired", func() bool { return !revoked(t, s, began(old, "d")) })
	want(t, s, true, issued(at(2), "a"))
	want(t, s, true, issued(at(2), "b"))
	want(t, s, true, began(old, "c"))
}
