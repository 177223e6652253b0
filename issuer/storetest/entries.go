package storetest

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/issuer/store"
)

func emptyStoreHasNothing(t *testing.T, s store.Store) {
	wantToken(t, s, key("alice", "A"), "")
	wantTokens(t, "Entries", onRecord(t, s))
	wantTokens(t, "Evict", evict(t, s, store.Selector{User: "alice"}))
}

func putIsFoundUnderItsKeyOnly(t *testing.T, s store.Store) {
	put(t, s, entry(key("alice", "A"), "t1"), long)
	wantToken(t, s, key("alice", "A"), "t1")
	for _, other := range []store.Key{
		key("alice", "B"), key("alice", "A", "B"), key("bob", "A"), key("Alice", "A"), key("", "A"),
		{User: "alice", Session: "s", Models: "A"},
	} {
		wantToken(t, s, other, "")
	}
}

func entryComesBackWhole(t *testing.T, s store.Store) {
	k := store.Key{User: "alice", Session: "phone", Models: "A"}
	e := entry(k, "t1")
	e.User = &identity.User{
		ID: "alice", Email: "alice@example.com", EmailVerified: true, Name: "Alice",
		Groups: []string{"facilities", "Ünïcode, with comma"}, Session: "phone",
	}
	put(t, s, e, long)
	got, err := s.Get(t.Context(), k, s.Mark())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(e, got); diff != "" {
		t.Errorf("Get (-put +got):\n%s", diff)
	}
	// Compared as plain text: secrets redact themselves in a diff.
	if got.Token != e.Token || got.Link != e.Link {
		t.Error("token or link came back changed")
	}
}

func newestWinsAndOlderStaysOnRecord(t *testing.T, s store.Store) {
	k := key("alice", "A")
	put(t, s, entry(k, "t1"), long)
	put(t, s, entry(k, "t2"), long)
	wantToken(t, s, k, "t2")
	wantTokens(t, "Entries", onRecord(t, s), "t1", "t2")
}

func entryEndsWithItsTime(t *testing.T, s store.Store) {
	k := key("alice", "A")
	put(t, s, entry(k, "t1"), soon)
	put(t, s, entry(key("alice", "B"), "t2"), long)
	eventually(t, "the entry is gone from the record", func() bool { return len(onRecord(t, s)) == 1 })
	wantToken(t, s, key("alice", "B"), "t2")
	put(t, s, entry(k, "t3"), long)
	wantToken(t, s, k, "t3")
}

func entriesShowsNothingWhoseTimeIsOver(t *testing.T, s store.Store) {
	put(t, s, entry(key("alice", "A"), "t1"), soon)
	eventually(t, "Entries is empty", func() bool { return len(onRecord(t, s)) == 0 })
}

func entriesStopsWhenItsReaderHasEnough(t *testing.T, s store.Store) {
	for i := range 3 {
		put(t, s, entry(key(fmt.Sprintf("user%d", i), "A"), fmt.Sprintf("t%d", i)), long)
	}
	n := 0
	for _, err := range s.Entries(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if n++; n == 2 {
			break
		}
	}
	if n != 2 {
		t.Errorf("Entries went on to %d after its reader stopped at 2", n)
	}
}

func endedContextIsAnErrorOrAnAnswer(t *testing.T, s store.Store) {
	put(t, s, entry(key("alice", "A"), "t1"), long)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	// Either is fine; a nil entry without an error would say that there is no token.
	if e, err := s.Get(ctx, key("alice", "A"), s.Mark()); err == nil && e == nil {
		t.Error("Get under an ended context says that there is nothing")
	}
}

func awkwardIDsAreKeptApart(t *testing.T, s store.Store) {
	ids := []string{"a", "a b", "a:b", "a\x00b", "a,b", `"a"`, "*", "a*", "ä", "a\u0308", "{a}", "%61", "a\n"}
	for i, id := range ids {
		put(t, s, entry(store.Key{User: id, Session: ids[len(ids)-1-i], Models: "A"}, fmt.Sprintf("t%d", i)), long)
	}
	for i, id := range ids {
		wantToken(t, s, store.Key{User: id, Session: ids[len(ids)-1-i], Models: "A"}, fmt.Sprintf("t%d", i))
		wantToken(t, s, key(id, "A"), "")
	}
	for i, id := range ids {
		wantTokens(t, "Evict "+id, evict(t, s, store.Selector{User: id}), fmt.Sprintf("t%d", i))
	}
}
