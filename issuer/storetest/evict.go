package storetest

import (
	"fmt"
	"testing"

	"github.com/go-pme/pme/internal/suite"
	"github.com/go-pme/pme/issuer/store"
)

func evictVoidsClaims(t *testing.T, s store.Store) {
	k := store.Key{User: "alice", Session: "phone", Models: "A,B"}
	for what, tc := range map[string]struct {
		sel   store.Selector
		voids bool
	}{
		"its user":               {store.Selector{User: "alice"}, true},
		"its session":            {store.Selector{User: "alice", Session: "phone"}, true},
		"one of its models":      {store.Selector{Model: "B"}, true},
		"its user and model":     {store.Selector{User: "alice", Model: "A"}, true},
		"everything":             {store.Selector{All: true}, true},
		"another user":           {store.Selector{User: "bob"}, false},
		"another session":        {store.Selector{User: "alice", Session: "desk"}, false},
		"another model":          {store.Selector{Model: "C"}, false},
		"another user's session": {store.Selector{User: "bob", Session: "phone"}, false},
	} {
		c := claim(t, s, k)
		evict(t, s, tc.sel)
		err := s.Put(t.Context(), c, entry(k, "t"), long)
		if tc.voids {
			wantErr(t, "Put after Evict of "+what, err, store.ErrClaimLost)
		} else if err != nil {
			t.Errorf("Put after Evict of %s: %v", what, err)
		}
		evict(t, s, store.Selector{User: "alice"})
	}
}

func evictByTokenLeavesClaims(t *testing.T, s store.Store) {
	k := key("alice", "A")
	put(t, s, entry(k, "t1"), long)
	c := claim(t, s, k)
	wantTokens(t, "Evict", evict(t, s, store.Selector{User: "alice", Token: "t1"}), "t1")
	if err := s.Put(t.Context(), c, entry(k, "t2"), long); err != nil {
		t.Errorf("Put after Evict of another token: %v", err)
	}
}

func evictRemovesWhatIsMeant(t *testing.T, s store.Store) {
	all := []*store.Entry{
		entry(key("alice", "A"), "alice-A"),
		entry(key("alice", "A", "B"), "alice-AB"),
		entry(store.Key{User: "alice", Session: "phone", Models: "A"}, "alice-phone-A"),
		entry(key("bob", "A"), "bob-A"),
		entry(store.Key{User: "bob", Session: "phone", Models: "B"}, "bob-phone-B"),
	}
	for what, tc := range map[string]struct {
		sel  store.Selector
		gone []string
	}{
		"user":                 {store.Selector{User: "alice"}, []string{"alice-A", "alice-AB", "alice-phone-A"}},
		"session":              {store.Selector{User: "alice", Session: "phone"}, []string{"alice-phone-A"}},
		"model":                {store.Selector{Model: "B"}, []string{"alice-AB", "bob-phone-B"}},
		"user and model":       {store.Selector{User: "bob", Model: "A"}, []string{"bob-A"}},
		"token":                {store.Selector{Token: "alice-AB"}, []string{"alice-AB"}},
		"everything":           {store.Selector{All: true}, []string{"alice-A", "alice-AB", "alice-phone-A", "bob-A", "bob-phone-B"}},
		"user and their token": {store.Selector{User: "bob", Token: "bob-A"}, []string{"bob-A"}},
		"another's token":      {store.Selector{User: "bob", Token: "alice-A"}, nil},
		"part of a model":      {store.Selector{Model: "A,B"}, nil},
		"another user":         {store.Selector{User: "carol"}, nil},
	} {
		for _, e := range all {
			put(t, s, e, long)
		}
		wantTokens(t, "Evict by "+what, evict(t, s, tc.sel), tc.gone...)
		for _, e := range all {
			want := string(e.Token)
			if tc.sel.Matches(e) {
				want = ""
			}
			wantToken(t, s, e.Key, want)
		}
		if left := len(onRecord(t, s)); left != len(all)-len(tc.gone) {
			t.Errorf("Evict by %s leaves %d, want %d", what, left, len(all)-len(tc.gone))
		}
		evict(t, s, store.Selector{User: "alice"})
		evict(t, s, store.Selector{User: "bob"})
	}
}

func evictReachesOlderTokens(t *testing.T, s store.Store) {
	k := key("alice", "A")
	put(t, s, entry(k, "t1"), long)
	put(t, s, entry(k, "t2"), long)
	wantTokens(t, "Evict", evict(t, s, store.Selector{Model: "A"}), "t1", "t2")
	wantToken(t, s, k, "")
}

func invalidSelectorEvictsNothing(t *testing.T, s store.Store) {
	put(t, s, entry(store.Key{User: "alice", Session: "phone", Models: "A"}, "t1"), long)
	for _, sel := range []store.Selector{
		{},
		{Session: "phone"},
		{All: true, User: "alice"},
		{All: true, User: "alice", Session: "phone"},
		{All: true, Model: "A"},
		{All: true, Token: "t1"},
	} {
		if gone, _ := s.Evict(t.Context(), sel); len(gone) != 0 {
			t.Errorf("Evict(%+v) removed %q", sel, tokens(gone))
		}
	}
	wantTokens(t, "Entries", onRecord(t, s), "t1")
}

// nothingComesBackAfterEvict races mints against evictions. What Evict did not return must not have
// been there, and what it did return must stay away.
func nothingComesBackAfterEvict(t *testing.T, s store.Store) {
	k := key("alice", "A")
	for round := range 50 {
		name := fmt.Sprintf("t%d", round)
		c := claim(t, s, k)
		var putErr error
		var gone []*store.Entry
		var evictErr error
		suite.Together(2, func(i int) {
			if i == 0 {
				putErr = s.Put(t.Context(), c, entry(k, name), long)
			} else {
				gone, evictErr = s.Evict(t.Context(), store.Selector{User: "alice"})
			}
		})
		if evictErr != nil {
			t.Fatal(evictErr)
		}
		if (putErr == nil) != (len(gone) == 1) {
			t.Fatalf("Put: %v, Evict returned %d: a token is neither refused nor revoked", putErr, len(gone))
		}
		wantToken(t, s, k, "")
	}
}

// nothingComesBackAfterEvictOfAll is the same for many users at once. Every token is either refused or returned.
func nothingComesBackAfterEvictOfAll(t *testing.T, s store.Store) {
	const users = 20
	for round := range 10 {
		putErr, claims := make([]error, users), make([]store.Claim, users)
		of := func(i int) store.Key { return key(fmt.Sprintf("user%d", i), "A", fmt.Sprintf("B%d", i%3)) }
		for i := range users {
			claims[i] = claim(t, s, of(i))
		}
		var gone []*store.Entry
		var evictErr error
		suite.Together(users+1, func(i int) {
			if i == users {
				gone, evictErr = s.Evict(t.Context(), store.Selector{All: true})
				return
			}
			putErr[i] = s.Put(t.Context(), claims[i], entry(of(i), fmt.Sprintf("t%d-%d", round, i)), long)
		})
		if evictErr != nil {
			t.Fatal(evictErr)
		}
		var put []string
		for i, err := range putErr {
			if err == nil {
				put = append(put, fmt.Sprintf("t%d-%d", round, i))
			}
			wantToken(t, s, of(i), "")
		}
		wantTokens(t, "Evict", tokens(gone), put...)
		wantTokens(t, "Entries", onRecord(t, s))
	}
}

func manyAtOnceLoseNothing(t *testing.T, s store.Store) {
	const n = 40
	suite.Together(n, func(i int) {
		e := entry(key(fmt.Sprintf("user%d", i%4), fmt.Sprintf("M%d", i)), fmt.Sprintf("t%d", i))
		c, err := s.Claim(t.Context(), e.Key, s.Mark(), long)
		if err != nil {
			t.Error(err)
			return
		}
		if err := s.Put(t.Context(), c, e, long); err != nil {
			t.Error(err)
		}
	})
	if got := len(onRecord(t, s)); got != n {
		t.Errorf("%d stored, want %d", got, n)
	}
	for i := range n {
		wantToken(t, s, key(fmt.Sprintf("user%d", i%4), fmt.Sprintf("M%d", i)), fmt.Sprintf("t%d", i))
	}
}
