package fleet_test

import (
	"errors"
	"testing"
	"time"

	"github.com/go-pme/pme/fleet/internal/redistest"
	"github.com/go-pme/pme/issuer/store"
)

func TestClaimOfAReplicaThatDiedIsReplaced(t *testing.T) {
	all := replicas(t, redistest.Start(t).URL(), 3)
	const life = 300 * time.Millisecond
	e := token("late", "alice")
	late, err := all[0].Tokens().Claim(t.Context(), e.Key, all[0].Tokens().Mark(), life)
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	var next store.Claim
	eventually(t, "another replica has the claim", func() bool {
		next, err = all[1].Tokens().Claim(t.Context(), e.Key, all[1].Tokens().Mark(), life)
		if err != nil && !errors.Is(err, store.ErrClaimed) {
			t.Fatal(err)
		}
		return err == nil
	})
	if took := time.Since(began); took > life+time.Second {
		t.Errorf("replaced after %v, with a time to live of %v", took, life)
	}
	if err := all[0].Tokens().Put(t.Context(), late, e, time.Hour); !errors.Is(err, store.ErrClaimLost) {
		t.Errorf("Put with the claim that was replaced: %v", err)
	}
	winner := token("winner", "alice")
	if err := all[1].Tokens().Put(t.Context(), next, winner, time.Hour); err != nil {
		t.Fatal(err)
	}
	got, err := all[2].Tokens().Get(t.Context(), e.Key, all[2].Tokens().Mark())
	if err != nil || got == nil || got.Token != winner.Token {
		t.Errorf("Get: %v, %v", got, err)
	}
}

// Both replicas have the old token in memory when it has to be renewed.
func TestTokenThatAnotherReplicaHasRenewedIsFoundByWhoeverClaims(t *testing.T) {
	all := replicas(t, redistest.Start(t).URL(), 2)
	old, renewed := token("old", "alice"), token("renewed", "alice")
	wantWell(t, all) // nothing is left to apply, so that what is read is cached
	put(t, all[0].Tokens(), old)
	if !has(all[1].Tokens(), old.Key) {
		t.Fatal("the old token is not served")
	}
	put(t, all[0].Tokens(), renewed)
	s := all[1].Tokens()
	c, err := s.Claim(t.Context(), old.Key, s.Mark(), time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.Get(t.Context(), old.Key, s.Mark())
	if err != nil || got == nil || got.Token != renewed.Token {
		t.Errorf("after the claim the old token is found, and a second one would be minted: %v", err)
	}
	if err := s.Release(t.Context(), old.Key, c); err != nil {
		t.Error(err)
	}
}
