package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/go-pme/pme/connect/store"
	"github.com/go-pme/pme/internal/suite"
	"github.com/go-pme/pme/matterport"
)

func recordComesBackWhole(t *testing.T, s store.Store) {
	r := record("alice", "A")
	r.Label = "Büro Köln – 北京 \U0001F3E0 \"quoted\" \\ %s ' ; --\nnext line"
	r.Scopes = []matterport.Scope{matterport.ScopeViewDetails, "a scope, of \"tomorrow\"", matterport.ScopePurchaseAssets}
	r.Refreshed = start.Add(time.Minute)
	r.RefreshToken, r.AccessToken = "refresh \x01\u00ff token", matterport.Secret(slices.Repeat([]byte("long "), 4000))
	create(t, s, r)
	want(t, "Get", get(t, s, r.Key), r)
}

func timesAreUTCToTheMicrosecond(t *testing.T, s store.Store) {
	elsewhere := time.FixedZone("elsewhere", -7*3600)
	r := record("alice", "A")
	r.Connected = time.Date(2026, 10, 25, 2, 30, 0, 123_456_789, elsewhere)
	r.Refreshed = time.Time{}
	r.ValidUntil = time.Date(1969, 12, 31, 23, 59, 59, 999_999_000, time.UTC)
	create(t, s, r)
	a := attempt("nonce", "alice", time.Minute)
	a.Ends = time.Now().In(elsewhere)
	begin(t, s, a)
	got := get(t, s, r.Key)
	back, err := s.Take(t.Context(), a.ID, a.User, a.Proof)
	if err != nil {
		t.Fatal(err)
	}
	for what, times := range map[string][2]time.Time{
		"connected":   {got.Connected, r.Connected},
		"valid until": {got.ValidUntil, r.ValidUntil},
		"ends":        {back.Ends, a.Ends},
	} {
		if off := times[0].Sub(times[1]).Abs(); off >= time.Microsecond {
			t.Errorf("%s is off by %v", what, off)
		}
		if times[0].Location() != time.UTC {
			t.Errorf("%s comes back in %v", what, times[0].Location())
		}
	}
	if !got.Refreshed.IsZero() || got.Refreshed != (time.Time{}) {
		t.Errorf("the zero time comes back as %v", got.Refreshed)
	}
}

func recordWithoutTokensComesBack(t *testing.T, s store.Store) {
	r := record("alice", "A")
	r.Label, r.Scopes, r.RefreshToken, r.AccessToken, r.ValidUntil = "", nil, "", "", time.Time{}
	create(t, s, r)
	got := get(t, s, r.Key)
	want(t, "Get", got, r)
	if !got.Reconnect() {
		t.Error("a connection without tokens comes back as one that works")
	}
}

func anyTextComesBackOrIsAnError(t *testing.T, s store.Store) {
	for i, text := range []string{"a\x00b", "\x00", "broken \xff\xfe", "cut \xe2\x82", "\ud7ff\uffff\U0010ffff", "e\u0301 \u00e9", "   "} {
		r := record("alice", fmt.Sprintf("label%d", i))
		r.Label = text
		if s.Create(t.Context(), r, 100) == nil {
			want(t, "Get", get(t, s, r.Key), r)
		}
		r = record("user "+text, fmt.Sprintf("user%d", i))
		kept := s.Create(t.Context(), r, 100) == nil
		if got, err := s.Get(t.Context(), r.Key); kept {
			if err != nil {
				t.Fatalf("Get(%q): %v", r.Key, err)
			}
			want(t, "Get", got, r)
		} else {
			wantErr(t, "Get of a value that was not stored", err, store.ErrNoRecord)
		}
		wantListed(t, s, r.User, slices.Repeat([]string{r.ID}, count(kept))...)
		if n, err := s.DeleteUser(t.Context(), r.User); err != nil || n != count(kept) {
			t.Errorf("DeleteUser(%q) = %d, %v; want %d", r.User, n, err, count(kept))
		}
		a := attempt("nonce "+text, "alice", time.Minute)
		kept = s.Begin(t.Context(), a, 100, start) == nil
		if got := taken(t, s, a.User, a.ID); got != kept {
			t.Errorf("the attempt %q is there: %t, want %t", a.ID, got, kept)
		}
	}
}

func count(there bool) int {
	if there {
		return 1
	}
	return 0
}

func awkwardIDsAreKeptApart(t *testing.T, s store.Store) {
	ids := []string{"a", "A", "a ", " a", "a b", "a:b", "a,b", `"a"`, "'", "*", "a*", "%", "_", "ä", "a\u0308", "ａ", "{a}", "%61", "a\n", "\\"}
	for i, id := range ids {
		create(t, s, record(id, ids[len(ids)-1-i]))
	}
	for i, id := range ids {
		wantListed(t, s, id, ids[len(ids)-1-i])
	}
	for i, id := range ids {
		if err := s.Delete(t.Context(), store.Key{User: id, ID: ids[len(ids)-1-i]}); err != nil {
			t.Errorf("Delete of %q: %v", id, err)
		}
		for j, other := range ids {
			if n := len(listed(t, s, other)); n != count(j > i) {
				t.Errorf("%q has %d connections after that of %q was deleted", other, n, id)
			}
		}
	}
}

func connectionsOfOnePersonAreBounded(t *testing.T, s store.Store) {
	create(t, s, record("bob", "A"), record("bob", "B"), record("bob", "C"))
	over := record("alice", "A")
	over.RefreshToken, over.AccessToken = "", "" // to be connected again: it counts
	create(t, s, over, record("alice", "B"))
	wantErr(t, "the third of two", s.Create(t.Context(), record("alice", "C"), 2), store.ErrFull)
	wantListed(t, s, "alice", "A", "B")
	if err := s.Create(t.Context(), record("alice", "C"), 3); err != nil {
		t.Errorf("the third of three: %v", err)
	}
	if err := s.Delete(t.Context(), over.Key); err != nil {
		t.Fatal(err)
	}
	if err := s.Create(t.Context(), record("alice", "D"), 3); err != nil {
		t.Errorf("a new one in the place of one deleted: %v", err)
	}
}

func manyConnectionsAtOnceAreBounded(t *testing.T, a, b store.Store) {
	const n, most = 24, 3
	both := []store.Store{a, b}
	users := []string{"alice", "bob"}
	suite.Together(n, func(i int) {
		err := both[i%2].Create(t.Context(), record(users[i/2%2], fmt.Sprintf("C%02d", i)), most)
		if err != nil && !errors.Is(err, store.ErrFull) {
			t.Errorf("Create: %v", err)
		}
	})
	for i, user := range users {
		if got := len(listed(t, both[i], user)); got != most {
			t.Errorf("%s has %d connections, want %d", user, got, most)
		}
	}
}

func createNeverReplacesAnother(t *testing.T, s store.Store) {
	r := record("alice", "A")
	create(t, s, r)
	other := record("alice", "A")
	other.Label, other.RefreshToken = "another", "another"
	err := s.Create(t.Context(), other, 100)
	if err == nil || errors.Is(err, store.ErrFull) || errors.Is(err, store.ErrNoRecord) {
		t.Errorf("Create of a key that is there: %v", err)
	}
	want(t, "Get", get(t, s, r.Key), r)
}

func sameIDOfAnotherPersonIsAnother(t *testing.T, s store.Store) {
	mine, theirs := record("alice", "A"), record("bob", "A")
	theirs.RefreshToken = "refresh token of bob"
	create(t, s, mine, theirs)
	update(t, s, mine.Key, func(r *store.Record) { r.Label = "changed" })
	want(t, "Get", get(t, s, theirs.Key), theirs)
	if err := s.Delete(t.Context(), mine.Key); err != nil {
		t.Fatal(err)
	}
	want(t, "Get", get(t, s, theirs.Key), theirs)
}

func nothingIsShared(t *testing.T, s store.Store) {
	given := record("alice", "A")
	create(t, s, given)
	spoil := func(r *store.Record) { r.Label, r.Scopes[0], r.RefreshToken = "spoilt", "spoilt", "spoilt" }
	spoil(given)
	spoil(get(t, s, given.Key))
	records, err := s.List(t.Context(), "alice")
	if err != nil {
		t.Fatal(err)
	}
	spoil(records[0])
	want(t, "Get", get(t, s, given.Key), record("alice", "A"))
	var kept *store.Record
	update(t, s, given.Key, func(r *store.Record) { r.Label, kept = "changed", r })
	spoil(kept)
	changed := record("alice", "A")
	changed.Label = "changed"
	want(t, "Get", get(t, s, given.Key), changed)
}

func whatIsNotThereIsNotOnRecord(t *testing.T, s store.Store) {
	create(t, s, record("alice", "A"))
	for _, k := range []store.Key{{}, {User: "alice"}, {ID: "A"}, {User: "alice", ID: "B"}, {User: "bob", ID: "A"}, {User: "Alice", ID: "A"}, {User: "alice", ID: "a"}} {
		_, err := s.Get(t.Context(), k)
		wantErr(t, "Get", err, store.ErrNoRecord)
		wantErr(t, "Delete", s.Delete(t.Context(), k), store.ErrNoRecord)
		err = s.Update(t.Context(), k, func(context.Context, *store.Record) error {
			t.Errorf("Update of %q calls change", k)
			return nil
		})
		wantErr(t, "Update", err, store.ErrNoRecord)
	}
	for _, id := range []string{"", "nonce"} {
		_, err := s.Take(t.Context(), id, "alice", proofOf(id))
		wantErr(t, "Take", err, store.ErrNoRecord)
	}
	wantListed(t, s, "bob")
	wantListed(t, s, "")
	wantListed(t, s, "alice", "A")
}

func listIsTheirsInOrder(t *testing.T, s store.Store) {
	all := []*store.Record{record("alice", "Z"), record("alice", "A"), record("alice", "B2"), record("alice", "2"), record("alice", "b"), record("alice", "BA")}
	all[2].RefreshToken, all[2].AccessToken = "", ""
	create(t, s, all...)
	create(t, s, record("bob", "C"))
	wantListed(t, s, "alice", "2", "A", "B2", "BA", "Z", "b")
	wantListed(t, s, "bob", "C")
	got, err := s.List(t.Context(), "alice")
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(all, func(a, b *store.Record) int { return slices.Compare([]byte(a.ID), []byte(b.ID)) })
	for i, r := range got {
		if r.Reconnect() != all[i].Reconnect() {
			t.Errorf("%s is to be connected again: %t, want %t", r.ID, r.Reconnect(), all[i].Reconnect())
		}
		r.RefreshToken, r.AccessToken = all[i].RefreshToken, all[i].AccessToken // may be left out
		want(t, "List", r, all[i])
	}
}

func deleteForgets(t *testing.T, s store.Store) {
	create(t, s, record("alice", "A"), record("alice", "B"))
	k := store.Key{User: "alice", ID: "A"}
	if err := s.Delete(t.Context(), k); err != nil {
		t.Fatal(err)
	}
	_, err := s.Get(t.Context(), k)
	wantErr(t, "Get of what is deleted", err, store.ErrNoRecord)
	wantErr(t, "the second Delete", s.Delete(t.Context(), k), store.ErrNoRecord)
	wantListed(t, s, "alice", "B")
	create(t, s, record("alice", "A"))
	wantListed(t, s, "alice", "A", "B")
}

func deleteUserForgetsAllOfThem(t *testing.T, s store.Store) {
	create(t, s, record("alice", "A"), record("alice", "B"), record("bob", "A"))
	begin(t, s, attempt("of alice", "alice", time.Minute))
	begin(t, s, attempt("of bob", "bob", time.Minute))
	for _, want := range []int{2, 0} {
		if n, err := s.DeleteUser(t.Context(), "alice"); err != nil || n != want {
			t.Errorf("DeleteUser = %d, %v; want %d", n, err, want)
		}
	}
	wantListed(t, s, "alice")
	wantListed(t, s, "bob", "A")
	if taken(t, s, "alice", "of alice") {
		t.Error("the attempt of a person who is gone is there")
	}
	if !taken(t, s, "bob", "of bob") {
		t.Error("the attempt of another user is gone")
	}
}

func endedContextIsAnErrorOrAnAnswer(t *testing.T, s store.Store) {
	create(t, s, record("alice", "A"))
	begin(t, s, attempt("nonce", "alice", time.Minute))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := s.Get(ctx, store.Key{User: "alice", ID: "A"})
	if errors.Is(err, store.ErrNoRecord) {
		t.Error("Get under an ended context says that there is nothing")
	}
	if records, err := s.List(ctx, "alice"); err == nil && len(records) != 1 {
		t.Error("List under an ended context says that there is nothing")
	}
	_, err = s.Take(ctx, "nonce", "alice", proofOf("nonce"))
	if errors.Is(err, store.ErrNoRecord) {
		t.Error("Take under an ended context says that there is nothing")
	}
	if there := taken(t, s, "alice", "nonce"); there != (err != nil) {
		t.Errorf("Take under an ended context: %v, and yet the attempt is there: %t", err, there)
	}
	err = s.Delete(ctx, store.Key{User: "alice", ID: "A"})
	if n := len(listed(t, s, "alice")); n != count(err != nil) {
		t.Errorf("Delete under an ended context: %v, and %d connections", err, n)
	}
}
