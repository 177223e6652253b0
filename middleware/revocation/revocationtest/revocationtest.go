// Package revocationtest checks that a [revocation.Store] does what its contract says. Authors of stores run it:
//
//	func TestStore(t *testing.T) {
//		revocationtest.Run(t, func(t *testing.T) revocation.Store { return mystore.New(...) })
//	}
//
// It uses real time, in tenths of seconds, so that it can also check stores that keep their time
// elsewhere. It does NOT check what several replicas see of each other, nor what an outage does.
package revocationtest

import (
	"context"
	"testing"
	"time"

	"github.com/go-pme/pme/middleware/revocation"
)

// soon is a ttl that passes within a test, long one that does not.
const (
	soon = 150 * time.Millisecond
	long = time.Hour
)

// Run checks the stores that newStore makes. It makes an empty one for each check, two for some, and cleans
// up after it with t.Cleanup.
func Run(t *testing.T, newStore func(t *testing.T) revocation.Store) {
	for name, check := range map[string]func(*testing.T, revocation.Store){
		"EmptyStoreHasRevokedNothing":       emptyStoreHasRevokedNothing,
		"RevokeReachesWhatBeganBefore":      revokeReachesWhatBeganBefore,
		"RevokeIsKeptWhileOthersAreRevoked": revokeIsKeptWhileOthersAreRevoked,
		"RevokeLooksAtNoTime":               revokeLooksAtNoTime,
		"UnknownPositionIsOld":              unknownPositionIsOld,
		"PositionsAreShortAndPrintable":     positionsAreShortAndPrintable,
		"RevokeIssuedReachesWhatIsOlder":    revokeIssuedReachesWhatIsOlder,
		"RevokeIssuedLooksAtNoPosition":     revokeIssuedLooksAtNoPosition,
		"LatestUntilCounts":                 latestUntilCounts,
		"LastUntilRevokesEverySession":      lastUntilRevokesEverySession,
		"BothKindsAddUp":                    bothKindsAddUp,
		"OneOfTheNamesIsEnough":             oneOfTheNamesIsEnough,
		"AwkwardNamesAreApart":              awkwardNamesAreApart,
		"RevocationExpires":                 revocationExpires,
		"LongestTTLCounts":                  longestTTLCounts,
		"RevocationIsSeenOnceItReturns":     revocationIsSeenOnceItReturns,
		"LatestOfManyCounts":                latestOfManyCounts,
		"EndedContextRemovesNothing":        endedContextRemovesNothing,
	} {
		t.Run(name, func(t *testing.T) { check(t, newStore(t)) })
	}
	t.Run("PositionOfAnotherStoreIsOld", func(t *testing.T) { positionOfAnotherStoreIsOld(t, newStore(t), newStore(t)) })
}

// at returns a time on the clock of whoever issues sessions, in the past of every other clock.
func at(seconds int) time.Time { return time.Unix(1_000_000+int64(seconds), 0) }

// everSince is issued after every until but the last, so that only positions count.
var everSince = at(1 << 30)

func position(t *testing.T, s revocation.Store) string {
	t.Helper()
	p, err := s.Position(t.Context())
	if err != nil {
		t.Fatalf("Position: %v", err)
	}
	return p
}

func revoke(t *testing.T, s revocation.Store, name string, ttl time.Duration) {
	t.Helper()
	if err := s.Revoke(t.Context(), name, ttl); err != nil {
		t.Errorf("Revoke(%q): %v", name, err)
	}
}

func revokeIssued(t *testing.T, s revocation.Store, name string, until time.Time, ttl time.Duration) {
	t.Helper()
	if err := s.RevokeIssued(t.Context(), name, until, ttl); err != nil {
		t.Errorf("RevokeIssued(%q): %v", name, err)
	}
}

func revoked(t *testing.T, s revocation.Store, session revocation.Session) bool {
	t.Helper()
	is, err := s.Revoked(t.Context(), session)
	if err != nil {
		t.Fatalf("Revoked(%+v): %v", session, err)
	}
	return is
}

func want(t *testing.T, s revocation.Store, is bool, session revocation.Session) {
	t.Helper()
	if got := revoked(t, s, session); got != is {
		t.Errorf("Revoked(%+v) reports %v, want %v", session, got, is)
	}
}

// began is a session that began at that position, and that no until reaches.
func began(position string, names ...string) revocation.Session {
	return revocation.Session{Names: names, Position: position, IssuedAt: everSince}
}

// issued is a session that was issued then, at no known position.
func issued(at time.Time, names ...string) revocation.Session {
	return revocation.Session{Names: names, IssuedAt: at}
}

// eventually waits for a ttl to pass.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	for !ok() {
		select {
		case <-time.After(soon / 10):
		case <-ctx.Done():
			t.Fatalf("not within 5 s: %s", what)
		}
	}
}
