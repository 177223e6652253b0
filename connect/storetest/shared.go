package storetest

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-pme/pme/connect/store"
	"github.com/go-pme/pme/internal/suite"
)

func eachSeesWhatTheOtherCommitted(t *testing.T, a, b store.Store) {
	r := record("alice", "A")
	create(t, a, r)
	want(t, "Get of what the other created", get(t, b, r.Key), r)
	update(t, b, r.Key, func(r *store.Record) { r.Label, r.RefreshToken = "changed", "changed" })
	changed := record("alice", "A")
	changed.Label, changed.RefreshToken = "changed", "changed"
	want(t, "Get of what the other changed", get(t, a, r.Key), changed)
	wantErr(t, "Create of what the other holds", b.Create(t.Context(), record("alice", "B"), 1), store.ErrFull)

	begin(t, a, attempt("nonce", "alice", time.Minute))
	if !taken(t, b, "alice", "nonce") || taken(t, a, "alice", "nonce") {
		t.Error("an attempt that the other began and took")
	}
	if err := b.Delete(t.Context(), r.Key); err != nil {
		t.Fatal(err)
	}
	_, err := a.Get(t.Context(), r.Key)
	wantErr(t, "Get of what the other deleted", err, store.ErrNoRecord)
	create(t, a, r)
	if n, err := b.DeleteUser(t.Context(), "alice"); n != 1 || err != nil {
		t.Errorf("DeleteUser of what the other created = %d, %v", n, err)
	}
	wantListed(t, a, "alice")
}

// oneUpdateAtATime counts in the label: two that work on one state lose a number between them.
func oneUpdateAtATime(t *testing.T, a, b store.Store) {
	const n = 40
	both := []store.Store{a, b}
	r := record("alice", "A")
	r.Label = "0"
	create(t, a, r)
	var inside atomic.Int32
	suite.Together(n, func(i int) {
		err := both[i%2].Update(t.Context(), r.Key, func(_ context.Context, r *store.Record) error {
			if inside.Add(1) != 1 {
				t.Error("two changes of one connection run at once")
			}
			defer inside.Add(-1)
			so, err := strconv.Atoi(r.Label)
			if err != nil {
				return err
			}
			time.Sleep(time.Millisecond)
			r.Label = strconv.Itoa(so + 1)
			if i%8 == 7 {
				return errRefused
			}
			return nil
		})
		if refused := i%8 == 7; refused != errors.Is(err, errRefused) || !refused && err != nil {
			t.Errorf("Update: %v", err)
		}
	})
	if got, want := get(t, b, r.Key).Label, strconv.Itoa(n-n/8); got != want {
		t.Errorf("%s changes are stored, want %s", got, want)
	}
}

func updateWaitsForTheOneBefore(t *testing.T, a, b store.Store) {
	r := record("alice", "A")
	create(t, a, r)
	for _, outcome := range []error{nil, errRefused} {
		letGo := hold(t, a, r.Key, outcome)
		entered := make(chan struct{})
		var label string
		var err error
		done := make(chan struct{})
		go func() {
			defer close(done)
			err = b.Update(t.Context(), r.Key, func(_ context.Context, r *store.Record) error {
				close(entered)
				label, r.Label = r.Label, "label of A"
				return nil
			})
		}()
		select {
		case <-entered:
			t.Error("change runs beside another")
		case <-time.After(briefly):
		}
		ctx, cancel := context.WithTimeout(t.Context(), briefly)
		wantErr(t, "an Update that has less time", b.Update(ctx, r.Key, func(context.Context, *store.Record) error {
			t.Error("change runs beside another")
			return nil
		}), context.DeadlineExceeded)
		cancel()
		wantErr(t, "the Update that held", letGo(), outcome)
		wait(t, "the Update that waited returns", done)
		if err != nil {
			t.Errorf("the Update that waited: %v", err)
		}
		want := "changed by the one that held"
		if outcome != nil {
			want = "label of A"
		}
		if label != want {
			t.Errorf("the Update that waited is given the label %q, want %q", label, want)
		}
	}
}

func deletedDuringAnUpdateStaysDeleted(t *testing.T, a, b store.Store) {
	r := record("alice", "A")
	staysDeleted(t, a, r, func() error { return b.Delete(t.Context(), r.Key) })
	_, err := b.Get(t.Context(), r.Key)
	wantErr(t, "Get", err, store.ErrNoRecord)
}

// createdAnewDuringAnUpdateIsAnother deletes a connection and creates one of the same key, while an Update
// has the old one in hand.
func createdAnewDuringAnUpdateIsAnother(t *testing.T, a, b store.Store) {
	anew := record("alice", "A")
	anew.Label, anew.RefreshToken = "anew", "anew"
	staysDeleted(t, a, record("alice", "A"), func() error {
		if err := b.Delete(t.Context(), anew.Key); err != nil {
			return err
		}
		return b.Create(t.Context(), anew, 1)
	})
	want(t, "Get", get(t, b, anew.Key), anew)
}

func userDeletedDuringAnUpdateStaysGone(t *testing.T, a, b store.Store) {
	staysDeleted(t, a, record("alice", "A"), func() error {
		n, err := b.DeleteUser(t.Context(), "alice")
		if n != 1 {
			t.Errorf("DeleteUser returns %d", n)
		}
		return err
	})
	wantListed(t, b, "alice")
}

// staysDeleted deletes r while an Update holds it. The store may let the one wait for the other.
func staysDeleted(t *testing.T, s store.Store, r *store.Record, remove func() error) {
	t.Helper()
	create(t, s, r)
	letGo := hold(t, s, r.Key, nil)
	deleted := make(chan struct{})
	var err error
	go func() { defer close(deleted); err = remove() }()
	first := false
	select {
	case <-deleted:
		first = true
	case <-time.After(briefly):
	}
	if updated := letGo(); first {
		wantErr(t, "Update of what is deleted", updated, store.ErrNoRecord)
	} else if updated != nil && !errors.Is(updated, store.ErrNoRecord) {
		t.Errorf("Update: %v", updated)
	}
	wait(t, "the deletion returns", deleted)
	if err != nil {
		t.Errorf("the deletion: %v", err)
	}
}

func manyAtOnceLoseNothing(t *testing.T, a, b store.Store) {
	const n = 32
	both := []store.Store{a, b}
	suite.Together(n, func(i int) {
		mine, theirs := both[i%2], both[(i+1)%2]
		k := store.Key{User: fmt.Sprintf("user%d", i%4), ID: fmt.Sprintf("C%02d", i)}
		create(t, mine, record(k.User, k.ID))
		update(t, theirs, k, func(r *store.Record) { r.Label += " changed" })
		if i%2 == 0 {
			if err := mine.Delete(t.Context(), k); err != nil {
				t.Errorf("Delete: %v", err)
			}
		}
	})
	for i := range n {
		k := store.Key{User: fmt.Sprintf("user%d", i%4), ID: fmt.Sprintf("C%02d", i)}
		r, err := both[i/4%2].Get(t.Context(), k)
		switch {
		case i%2 == 0:
			wantErr(t, "Get", err, store.ErrNoRecord)
		case err != nil:
			t.Errorf("Get(%q): %v", k, err)
		case r.Label != "label of "+k.ID+" changed":
			t.Errorf("label %q", r.Label)
		}
	}
}
