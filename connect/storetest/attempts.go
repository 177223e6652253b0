package storetest

import (
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme/connect/store"
	"github.com/go-pme/pme/internal/suite"
)

func attemptComesBackWhole(t *testing.T, s store.Store) {
	full := &store.PendingAuthorization{
		ID: "nonce", User: "alice", Connection: "A", Label: "Büro, Köln", Verifier: "a verifier", Ends: start.Add(time.Minute),
	}
	for i := range full.Proof {
		full.Proof[i] = byte(255 - i)
	}
	plain := &store.PendingAuthorization{ID: "other", User: "bob", Verifier: "v", Ends: start.Add(time.Minute)}
	for _, a := range []*store.PendingAuthorization{full, plain} {
		begin(t, s, a)
		got, err := s.Take(t.Context(), a.ID, a.User, a.Proof)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(a, got); diff != "" {
			t.Errorf("Take (-begun +taken):\n%s", diff)
		}
		if got.Verifier != a.Verifier {
			t.Error("the verifier has changed")
		}
	}
}

func attemptIsTakenOnce(t *testing.T, s store.Store) {
	begin(t, s, attempt("nonce", "alice", time.Minute))
	for i, want := range []bool{true, false, false} {
		if got := taken(t, s, "alice", "nonce"); got != want {
			t.Errorf("Take no. %d finds it: %t, want %t", i+1, got, want)
		}
	}
}

func attemptIsTakenOnceAmongMany(t *testing.T, a, b store.Store) {
	both := []store.Store{a, b}
	for round := range 5 {
		id := fmt.Sprintf("nonce%d", round)
		begin(t, a, attempt(id, "alice", time.Minute))
		var winners atomic.Int32
		suite.Together(50, func(i int) {
			_, err := both[i%2].Take(t.Context(), id, "alice", proofOf(id))
			switch {
			case err == nil:
				winners.Add(1)
			case !errors.Is(err, store.ErrNoRecord):
				t.Errorf("Take: %v", err)
			}
		})
		if n := winners.Load(); n != 1 {
			t.Errorf("%d got the attempt, want 1", n)
		}
	}
}

// attemptOfAnotherGoesOn has strangers try who know the ID of an attempt, and one who knows its proof too.
func attemptOfAnotherGoesOn(t *testing.T, s store.Store) {
	begin(t, s, attempt("nonce", "alice", time.Minute))
	begin(t, s, attempt("other", "mallory", time.Minute))
	for _, stranger := range []struct {
		user  string
		proof [32]byte
	}{
		{"mallory", proofOf("other")},
		{"mallory", proofOf("nonce")},
		{"alice", proofOf("other")},
		{"alice", [32]byte{}},
		{"", proofOf("nonce")},
		{"Alice", proofOf("nonce")},
	} {
		a, err := s.Take(t.Context(), "nonce", stranger.user, stranger.proof)
		if a != nil {
			t.Errorf("Take gives %q the attempt of another", stranger.user)
		}
		wantErr(t, "Take of another's", err, store.ErrNotTheirs)
	}
	if !taken(t, s, "alice", "nonce") || !taken(t, s, "mallory", "other") {
		t.Error("an attempt is used up by someone whose it is not")
	}
}

// attemptIsTakenOnceAmongStrangers has its own user take an attempt among others who try.
func attemptIsTakenOnceAmongStrangers(t *testing.T, a, b store.Store) {
	both := []store.Store{a, b}
	begin(t, a, attempt("nonce", "alice", time.Minute))
	var winners atomic.Int32
	suite.Together(50, func(i int) {
		user, proof := "mallory", proofOf("nonce")
		if i%2 == 0 {
			user, proof = "alice", proofOf("guess")
		}
		if own := i%10 == 0; own {
			proof = proofOf("nonce")
		}
		_, err := both[i/2%2].Take(t.Context(), "nonce", user, proof)
		switch {
		case err == nil:
			winners.Add(1)
			if i%10 != 0 {
				t.Errorf("a stranger got the attempt")
			}
		case !errors.Is(err, store.ErrNotTheirs) && !errors.Is(err, store.ErrNoRecord):
			t.Errorf("Take: %v", err)
		}
	})
	if n := winners.Load(); n != 1 {
		t.Errorf("%d got the attempt, want 1", n)
	}
}

func attemptsOfOnePersonAreBounded(t *testing.T, s store.Store) {
	begin(t, s, attempt("bob", "bob", time.Second))
	for i, life := range []int{3, 1, 2, 4} { // of 1, 2 and 3 those that end last stay beside the new one
		if err := s.Begin(t.Context(), attempt(fmt.Sprintf("alice%d", life), "alice", time.Duration(life)*time.Minute), 3, start); err != nil {
			t.Fatalf("Begin no. %d: %v", i+1, err)
		}
	}
	for id, want := range map[string]bool{"alice1": false, "alice2": true, "alice3": true, "alice4": true, "bob": true} {
		if got := taken(t, s, strings.TrimRight(id, "1234"), id); got != want {
			t.Errorf("attempt %s is there: %t, want %t", id, got, want)
		}
	}
}

func newAttemptStaysThoughItEndsFirst(t *testing.T, s store.Store) {
	begin(t, s, attempt("first", "alice", time.Hour))
	if err := s.Begin(t.Context(), attempt("second", "alice", time.Minute), 1, start); err != nil {
		t.Fatal(err)
	}
	if !taken(t, s, "alice", "second") {
		t.Error("the attempt that has just begun is not there")
	}
	if taken(t, s, "alice", "first") {
		t.Error("two attempts are stored, with room for one")
	}
}

func endedAttemptsOfAllUsersAreDeleted(t *testing.T, s store.Store) {
	begin(t, s, attempt("ended", "alice", time.Second))
	begin(t, s, attempt("ending", "bob", time.Minute))
	begin(t, s, attempt("going on", "bob", time.Minute+time.Microsecond))
	if err := s.Begin(t.Context(), attempt("new", "carol", time.Hour), 100, start.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	for _, a := range []struct {
		user, id string
		want     bool
	}{{"alice", "ended", false}, {"bob", "ending", false}, {"bob", "going on", true}, {"carol", "new", true}} {
		if got := taken(t, s, a.user, a.id); got != a.want {
			t.Errorf("the attempt %q is there: %t, want %t", a.id, got, a.want)
		}
	}
}

func attemptNeverReplacesAnother(t *testing.T, s store.Store) {
	begin(t, s, attempt("nonce", "alice", time.Minute))
	if err := s.Begin(t.Context(), attempt("nonce", "mallory", time.Hour), 100, start); err == nil {
		t.Error("Begin with the ID of another attempt is no error")
	}
	a, err := s.Take(t.Context(), "nonce", "alice", proofOf("nonce"))
	if err != nil {
		t.Fatal(err)
	}
	if a.User != "alice" {
		t.Errorf("the attempt has become one of %s", a.User)
	}
}

func manyAttemptsAtOnceAreBounded(t *testing.T, a, b store.Store) {
	const n, keep = 24, 3
	both := []store.Store{a, b}
	users := []string{"alice", "bob"}
	begin(t, a, attempt("old", "alice", time.Second)) // for all of them to drop
	suite.Together(n, func(i int) {
		x := attempt(fmt.Sprintf("nonce%d", i), users[i/2%2], time.Hour+time.Duration(i)*time.Second)
		if err := both[i%2].Begin(t.Context(), x, keep, start.Add(time.Minute)); err != nil {
			t.Errorf("Begin: %v", err)
		}
	})
	left := 0
	for i := range n {
		if taken(t, both[i%2], users[i/2%2], fmt.Sprintf("nonce%d", i)) {
			left++
		}
	}
	if left != keep*len(users) {
		t.Errorf("%d attempts of %d users are stored, want %d", left, len(users), keep*len(users))
	}
}
