package revocationtest

import (
	"strings"
	"testing"
	"time"

	"github.com/go-pme/pme/middleware/revocation"
)

func emptyStoreHasRevokedNothing(t *testing.T, s revocation.Store) {
	want(t, s, false, began(position(t, s), "a", "b"))
	want(t, s, false, began("", "a"))
	want(t, s, false, issued(time.Time{}, "a"))
	want(t, s, false, revocation.Session{})
}

func revokeReachesWhatBeganBefore(t *testing.T, s revocation.Store) {
	before := position(t, s)
	again := position(t, s)
	revoke(t, s, "a", long)
	after := position(t, s)
	want(t, s, true, began(before, "a"))
	want(t, s, true, began(again, "a"))
	want(t, s, false, began(after, "a"))
	want(t, s, false, began(before, "b"))
	revoke(t, s, "a", long)
	want(t, s, true, began(after, "a"))
	want(t, s, false, began(position(t, s), "a"))
}

func revokeIsKeptWhileOthersAreRevoked(t *testing.T, s revocation.Store) {
	before := position(t, s)
	revoke(t, s, "a", long)
	between := position(t, s)
	for range 20 { // enough for numbers to have another length
		revoke(t, s, "b", long)
	}
	after := position(t, s)
	want(t, s, true, began(before, "a"))
	want(t, s, false, began(between, "a"))
	want(t, s, true, began(between, "b"))
	want(t, s, false, began(after, "a", "b"))
	want(t, s, false, began(before, "c"))
}

func revokeLooksAtNoTime(t *testing.T, s revocation.Store) {
	before := position(t, s)
	revoke(t, s, "a", long)
	after := position(t, s)
	for _, at := range []time.Time{{}, at(0), everSince} {
		want(t, s, true, revocation.Session{Names: []string{"a"}, Position: before, IssuedAt: at})
		want(t, s, false, revocation.Session{Names: []string{"a"}, Position: after, IssuedAt: at})
	}
}

func unknownPositionIsOld(t *testing.T, s revocation.Store) {
	revoke(t, s, "a", long)
	known := position(t, s)
	for _, unknown := range []string{
		"", "0", "1", "-1", "18446744073709551616", "unknown", strings.Repeat("x", revocation.MaxPosition), "\x00", "9" + known,
		known + "x", known + "9", known + known, known[:len(known)-1] + "\xff", known[:len(known)/2],
	} {
		want(t, s, true, began(unknown, "a"))
		want(t, s, false, began(unknown, "b"))
	}
	want(t, s, false, began(known, "a"))
}

// Such as one of another process, or of a time before all was lost.
func positionOfAnotherStoreIsOld(t *testing.T, s, other revocation.Store) {
	for range 3 {
		revoke(t, other, "a", long)
	}
	foreign := position(t, other)
	want(t, s, false, began(foreign, "a"))
	revoke(t, s, "a", long)
	want(t, s, true, began(foreign, "a"))
	want(t, s, false, began(position(t, s), "a"))
}

func positionsAreShortAndPrintable(t *testing.T, s revocation.Store) {
	for range 12 {
		p := position(t, s)
		if p == "" || len(p) > revocation.MaxPosition || strings.ContainsFunc(p, func(c rune) bool { return c <= ' ' || c > '~' }) {
			t.Errorf("position %q, want 1 to %d bytes of printable ASCII without spaces", p, revocation.MaxPosition)
		}
		revoke(t, s, "a", long)
	}
}
