package storetest

import (
	"testing"

	"github.com/go-pme/pme/internal/suite"
	"github.com/go-pme/pme/issuer/store"
)

// wantMark checks whether Get and Claim accept mark for k, and releases the claim.
func wantMark(t *testing.T, what string, s store.Store, k store.Key, mark store.Mark, good bool) {
	t.Helper()
	_, getErr := s.Get(t.Context(), k, mark)
	c, claimErr := s.Claim(t.Context(), k, mark, long)
	if !good {
		wantErr(t, what+": Get", getErr, store.ErrClaimLost)
		wantErr(t, what+": Claim", claimErr, store.ErrClaimLost)
		return
	}
	if getErr != nil || claimErr != nil {
		t.Errorf("%s: Get: %v, Claim: %v; want the mark to be accepted", what, getErr, claimErr)
	}
	if err := s.Release(t.Context(), k, c); err != nil {
		t.Errorf("%s: Release: %v", what, err)
	}
}

func markIsTooOldOnceItsKeyWasEvicted(t *testing.T, s store.Store) {
	k := store.Key{User: "alice", Session: "phone", Models: "A,B"}
	for what, tc := range map[string]struct {
		sel  store.Selector
		good bool
	}{
		"its user":                      {store.Selector{User: "alice"}, false},
		"its session":                   {store.Selector{User: "alice", Session: "phone"}, false},
		"one of its models":             {store.Selector{Model: "B"}, false},
		"its user and model":            {store.Selector{User: "alice", Model: "A"}, false},
		"its session and model":         {store.Selector{User: "alice", Session: "phone", Model: "A"}, false},
		"everything":                    {store.Selector{All: true}, false},
		"another user":                  {store.Selector{User: "bob"}, true},
		"another session":               {store.Selector{User: "alice", Session: "desk"}, true},
		"another model":                 {store.Selector{Model: "C"}, true},
		"its user and another model":    {store.Selector{User: "alice", Model: "C"}, true},
		"another user and its model":    {store.Selector{User: "bob", Model: "A"}, true},
		"another session and its model": {store.Selector{User: "alice", Session: "desk", Model: "A"}, true},
		"nothing":                       {store.Selector{}, true},
		"all of a user":                 {store.Selector{All: true, User: "alice"}, true}, // which is nothing
	} {
		mark := s.Mark()
		evict(t, s, tc.sel)
		wantMark(t, "after Evict of "+what, s, k, mark, tc.good)
		evict(t, s, store.Selector{User: "carol"})
		wantMark(t, "after Evict of "+what+" and another", s, k, mark, tc.good)
	}
}

func markTakenAfterAnEvictionIsGood(t *testing.T, s store.Store) {
	k := key("alice", "A")
	evict(t, s, store.Selector{User: "alice"})
	mark := s.Mark()
	wantMark(t, "at once", s, k, mark, true)
	evict(t, s, store.Selector{User: "bob"})
	wantMark(t, "after another user's eviction", s, k, mark, true)
	c, err := s.Claim(t.Context(), k, mark, long)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Put(t.Context(), c, entry(k, "t1"), long); err != nil {
		t.Errorf("Put: %v", err)
	}
	wantToken(t, s, k, "t1")
}

// A request from before the revocation must not get what the user was given after signing in again.
func oldMarkFindsNothingPutLater(t *testing.T, s store.Store) {
	k := key("alice", "A")
	put(t, s, entry(k, "t1"), long)
	old := s.Mark()
	evict(t, s, store.Selector{User: "alice"})
	put(t, s, entry(k, "t2"), long)
	wantToken(t, s, k, "t2")
	e, err := s.Get(t.Context(), k, old)
	wantErr(t, "Get with a mark from before the eviction", err, store.ErrClaimLost)
	if e != nil {
		t.Error("Get returned an entry beside its error")
	}
}

// The same for everybody at once: a user who held nothing is reached, too.
func oldMarkFindsNothingPutAfterAll(t *testing.T, s store.Store) {
	put(t, s, entry(key("alice", "A"), "t1"), long)
	old := s.Mark()
	evict(t, s, store.Selector{All: true})
	for _, k := range []store.Key{key("alice", "A"), key("bob", "B", "C"), {User: "carol", Session: "phone", Models: "A"}} {
		put(t, s, entry(k, "new-"+k.User), long)
		wantToken(t, s, k, "new-"+k.User)
		wantMark(t, "of "+k.User, s, k, old, false)
	}
	evict(t, s, store.Selector{User: "alice"}) // a later one of less changes nothing for the others
	wantMark(t, "of bob", s, key("bob", "B", "C"), old, false)
}

// A request that waits for another's claim must learn that its own key was revoked.
func oldMarkIsRefusedWhileOthersClaim(t *testing.T, s store.Store) {
	k := key("alice", "A")
	old := s.Mark()
	evict(t, s, store.Selector{User: "alice"})
	claim(t, s, k)
	_, err := s.Claim(t.Context(), k, old, long)
	wantErr(t, "Claim with an old mark", err, store.ErrClaimLost)
	_, err = s.Claim(t.Context(), k, s.Mark(), long)
	wantErr(t, "Claim with a good mark", err, store.ErrClaimed)
}

func zeroMarkIsOlderThanEveryEviction(t *testing.T, s store.Store) {
	evict(t, s, store.Selector{User: "alice"})
	for _, mark := range []store.Mark{"", "no mark of this store"} {
		wantMark(t, string(mark), s, key("alice", "A"), mark, false)
	}
}

func evictByTokenAgesNoMark(t *testing.T, s store.Store) {
	k := key("alice", "A")
	put(t, s, entry(k, "t1"), long)
	mark := s.Mark()
	evict(t, s, store.Selector{Token: "t1"})
	evict(t, s, store.Selector{User: "alice", Token: "t1"})
	wantMark(t, "after Evict of a token", s, k, mark, true)
}

// noMarkSlipsPastAnEviction has many evict at once: what a mark is older than must not depend on who else
// evicts.
func noMarkSlipsPastAnEviction(t *testing.T, s store.Store) {
	suite.Together(20, func(i int) {
		k := key(string(rune('a'+i)), "A")
		for range 50 {
			old := s.Mark()
			evict(t, s, store.Selector{User: k.User})
			wantMark(t, "taken before", s, k, old, false)
			wantMark(t, "taken after", s, k, s.Mark(), true)
		}
	})
}
