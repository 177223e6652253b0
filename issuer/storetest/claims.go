package storetest

import (
	"sync/atomic"
	"testing"

	"github.com/go-pme/pme/internal/suite"
	"github.com/go-pme/pme/issuer/store"
)

func oneClaimAtATime(t *testing.T, s store.Store) {
	k := key("alice", "A")
	claim(t, s, k)
	_, err := s.Claim(t.Context(), k, s.Mark(), long)
	wantErr(t, "second Claim", err, store.ErrClaimed)
	claim(t, s, key("alice", "B"))
	claim(t, s, key("bob", "A"))
}

func oneClaimAmongMany(t *testing.T, s store.Store) {
	var got atomic.Int32
	suite.Together(50, func(int) {
		if _, err := s.Claim(t.Context(), key("alice", "A"), s.Mark(), long); err == nil {
			got.Add(1)
		}
	})
	if n := got.Load(); n != 1 {
		t.Errorf("%d of 50 got the claim, want 1", n)
	}
}

func claimEndsWithItsTime(t *testing.T, s store.Store) {
	k := key("alice", "A")
	c, err := s.Claim(t.Context(), k, s.Mark(), soon)
	if err != nil {
		t.Fatal(err)
	}
	var next store.Claim
	eventually(t, "the claim is free again", func() bool {
		next, err = s.Claim(t.Context(), k, s.Mark(), long)
		return err == nil
	})
	wantErr(t, "Put with the old claim", s.Put(t.Context(), c, entry(k, "old"), long), store.ErrClaimLost)
	if err := s.Put(t.Context(), next, entry(k, "new"), long); err != nil {
		t.Errorf("Put with the new claim: %v", err)
	}
	wantToken(t, s, k, "new")
}

func releasedClaimIsFree(t *testing.T, s store.Store) {
	k := key("alice", "A")
	c := claim(t, s, k)
	if err := s.Release(t.Context(), k, c); err != nil {
		t.Fatal(err)
	}
	claim(t, s, k)
	wantErr(t, "Put with a released claim", s.Put(t.Context(), c, entry(k, "t"), long), store.ErrClaimLost)
}

func releaseOfAVoidClaimFreesNothing(t *testing.T, s store.Store) {
	k := key("alice", "A")
	old := claim(t, s, k)
	evict(t, s, store.Selector{User: "alice"})
	claim(t, s, k)
	if err := s.Release(t.Context(), k, old); err != nil {
		t.Errorf("Release of a void claim: %v", err)
	}
	_, err := s.Claim(t.Context(), k, s.Mark(), long)
	wantErr(t, "Claim while a newer one is held", err, store.ErrClaimed)
}

func putWithoutItsClaimKeepsNothing(t *testing.T, s store.Store) {
	k := key("alice", "A")
	wantErr(t, "Put with an invented claim", s.Put(t.Context(), "invented", entry(k, "t"), long), store.ErrClaimLost)
	other := claim(t, s, key("bob", "A"))
	wantErr(t, "Put with another key's claim", s.Put(t.Context(), other, entry(k, "t"), long), store.ErrClaimLost)
	wantErr(t, "Put with no claim", s.Put(t.Context(), "", entry(k, "t"), long), store.ErrClaimLost)
	wantToken(t, s, k, "")
	c := claim(t, s, k)
	if err := s.Put(t.Context(), c, entry(k, "t1"), long); err != nil {
		t.Fatal(err)
	}
	wantErr(t, "Put with a used claim", s.Put(t.Context(), c, entry(k, "t2"), long), store.ErrClaimLost)
	wantToken(t, s, k, "t1")
}

func userIsBounded(t *testing.T, s store.Store) {
	put(t, s, entry(key("alice", "A"), "t1"), long)
	c := claim(t, s, key("alice", "B"))
	_, err := s.Claim(t.Context(), key("alice", "C"), s.Mark(), long)
	wantErr(t, "Claim past the user's bound", err, store.ErrUserFull)
	claim(t, s, key("bob", "A"))

	if err := s.Release(t.Context(), key("alice", "B"), c); err != nil {
		t.Fatal(err)
	}
	put(t, s, entry(key("alice", "B"), "t2"), soon)
	eventually(t, "there is room again", func() bool {
		_, err := s.Claim(t.Context(), key("alice", "C"), s.Mark(), long)
		return err == nil
	})
}

func storeIsBounded(t *testing.T, s store.Store) {
	put(t, s, entry(key("u1", "A"), "t1"), soon)
	put(t, s, entry(key("u2", "A"), "t2"), long)
	claim(t, s, key("u3", "A"))
	_, err := s.Claim(t.Context(), key("u4", "A"), s.Mark(), long)
	wantErr(t, "Claim past the store's bound", err, store.ErrFull)
	eventually(t, "there is room again", func() bool {
		_, err := s.Claim(t.Context(), key("u4", "A"), s.Mark(), long)
		return err == nil
	})
}
