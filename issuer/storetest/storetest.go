// Package storetest checks that a [store.Store] keeps the contract. The test of a store is one call:
//
//	func TestStore(t *testing.T) {
//		storetest.Run(t, func(t *testing.T, b storetest.Bounds) store.Store { return mystore.New(...) })
//	}
//
// It uses real time, in tenths of seconds, so that it can also check stores whose clock is elsewhere.
package storetest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/suite"
	"github.com/go-pme/pme/issuer/store"
	"github.com/go-pme/pme/matterport"
)

// Bounds are the limits that a new store shall have.
type Bounds struct{ MaxEntries, MaxPerUser int }

// soon is a lifetime that ends within a test; long is one that does not.
const (
	soon = 150 * time.Millisecond
	long = time.Hour
)

// Run checks the stores that newStore makes: empty ones, which it cleans up after with t.Cleanup.
func Run(t *testing.T, newStore func(t *testing.T, b Bounds) store.Store) {
	wide := Bounds{MaxEntries: 1000, MaxPerUser: 100}
	for name, check := range map[string]func(*testing.T, store.Store){
		"EmptyStoreHasNothing":               emptyStoreHasNothing,
		"PutIsFoundUnderItsKeyOnly":          putIsFoundUnderItsKeyOnly,
		"EntryComesBackWhole":                entryComesBackWhole,
		"NewestWinsAndOlderStaysOnRecord":    newestWinsAndOlderStaysOnRecord,
		"EntryEndsWithItsTime":               entryEndsWithItsTime,
		"OneClaimAtATime":                    oneClaimAtATime,
		"OneClaimAmongMany":                  oneClaimAmongMany,
		"ClaimEndsWithItsTime":               claimEndsWithItsTime,
		"ReleasedClaimIsFree":                releasedClaimIsFree,
		"ReleaseOfAVoidClaimFreesNothing":    releaseOfAVoidClaimFreesNothing,
		"PutWithoutItsClaimKeepsNothing":     putWithoutItsClaimKeepsNothing,
		"EvictVoidsClaims":                   evictVoidsClaims,
		"EvictByTokenLeavesClaims":           evictByTokenLeavesClaims,
		"EvictRemovesWhatIsMeant":            evictRemovesWhatIsMeant,
		"EvictReachesOlderTokens":            evictReachesOlderTokens,
		"InvalidSelectorEvictsNothing":       invalidSelectorEvictsNothing,
		"NothingComesBackAfterEvict":         nothingComesBackAfterEvict,
		"NothingComesBackAfterEvictOfAll":    nothingComesBackAfterEvictOfAll,
		"MarkIsTooOldOnceItsKeyWasEvicted":   markIsTooOldOnceItsKeyWasEvicted,
		"MarkTakenAfterAnEvictionIsGood":     markTakenAfterAnEvictionIsGood,
		"OldMarkFindsNothingPutLater":        oldMarkFindsNothingPutLater,
		"OldMarkFindsNothingPutAfterAll":     oldMarkFindsNothingPutAfterAll,
		"OldMarkIsRefusedWhileOthersClaim":   oldMarkIsRefusedWhileOthersClaim,
		"ZeroMarkIsOlderThanEveryEviction":   zeroMarkIsOlderThanEveryEviction,
		"EvictByTokenAgesNoMark":             evictByTokenAgesNoMark,
		"NoMarkSlipsPastAnEviction":          noMarkSlipsPastAnEviction,
		"EndedContextIsAnErrorOrAnAnswer":    endedContextIsAnErrorOrAnAnswer,
		"AwkwardIDsAreKeptApart":             awkwardIDsAreKeptApart,
		"EntriesStopsWhenItsReaderHasEnough": entriesStopsWhenItsReaderHasEnough,
		"EntriesShowsNothingWhoseTimeIsOver": entriesShowsNothingWhoseTimeIsOver,
		"ManyAtOnceLoseNothing":              manyAtOnceLoseNothing,
	} {
		t.Run(name, func(t *testing.T) { check(t, newStore(t, wide)) })
	}
	t.Run("Spender", func(t *testing.T) { suite.RunSpender(t, newStore(t, wide)) })
	t.Run("UserIsBounded", func(t *testing.T) {
		userIsBounded(t, newStore(t, Bounds{MaxEntries: 1000, MaxPerUser: 2}))
	})
	t.Run("StoreIsBounded", func(t *testing.T) {
		storeIsBounded(t, newStore(t, Bounds{MaxEntries: 3, MaxPerUser: 2}))
	})
}

func key(user string, models ...string) store.Key {
	return store.Key{User: user, Models: strings.Join(models, ",")}
}

func entry(k store.Key, token string) *store.Entry {
	return &store.Entry{
		Key:        k,
		Token:      matterport.Secret(token),
		Link:       matterport.Secret("https://my.matterport.com/show?m=" + k.Models + "&auth=Bearer+" + token),
		ValidUntil: time.Now().Add(long).UTC().Truncate(time.Second),
		User:       &identity.User{ID: k.User, Session: k.Session},
	}
}

func claim(t *testing.T, s store.Store, k store.Key) store.Claim {
	t.Helper()
	c, err := s.Claim(t.Context(), k, s.Mark(), long)
	if err != nil || c == "" {
		t.Fatalf("Claim(%v) = %q, %v; want a claim", k, c, err)
	}
	return c
}

func put(t *testing.T, s store.Store, e *store.Entry, ttl time.Duration) {
	t.Helper()
	if err := s.Put(t.Context(), claim(t, s, e.Key), e, ttl); err != nil {
		t.Fatalf("Put(%v): %v", e.Key, err)
	}
}

// token returns the token that Get finds, or "".
func token(t *testing.T, s store.Store, k store.Key) string {
	t.Helper()
	e, err := s.Get(t.Context(), k, s.Mark())
	if err != nil {
		t.Fatalf("Get(%v): %v", k, err)
	}
	if e == nil {
		return ""
	}
	return string(e.Token)
}

func wantToken(t *testing.T, s store.Store, k store.Key, want string) {
	t.Helper()
	if got := token(t, s, k); got != want {
		t.Errorf("Get(%v) finds %q, want %q", k, got, want)
	}
}

func tokens(entries []*store.Entry) []string {
	var out []string
	for _, e := range entries {
		out = append(out, string(e.Token))
	}
	slices.Sort(out)
	return out
}

func onRecord(t *testing.T, s store.Store) []string {
	t.Helper()
	var all []*store.Entry
	for e, err := range s.Entries(t.Context()) {
		if err != nil {
			t.Fatalf("Entries: %v", err)
		}
		all = append(all, e)
	}
	return tokens(all)
}

func evict(t *testing.T, s store.Store, sel store.Selector) []string {
	t.Helper()
	gone, err := s.Evict(t.Context(), sel)
	if err != nil {
		t.Fatalf("Evict(%v): %v", sel, err)
	}
	return tokens(gone)
}

func wantTokens(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("%s: %q, want %q", what, got, want)
	}
}

// eventually waits for a change that a store makes when a lifetime ends.
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

func wantErr(t *testing.T, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: error %v, want %v", what, err, want)
	}
}
