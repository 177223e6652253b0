package issuer_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/issuer"
	"github.com/go-pme/pme/issuer/store"
	"github.com/go-pme/pme/matterport"
)

func TestRevokedTokenIsDeletedAndNoLongerServed(t *testing.T) {
	phone := &identity.User{ID: "alice", Session: "phone"}
	for what, tc := range map[string]struct {
		sel  store.Selector
		left int // of alice's office and warehouse, her phone's office, and bob's warehouse
	}{
		"user":           {store.Selector{User: "alice"}, 1},
		"session":        {store.Selector{User: "alice", Session: "phone"}, 3},
		"model":          {store.Selector{Model: warehouse}, 2},
		"user and model": {store.Selector{User: "alice", Model: warehouse}, 3},
		"token":          {store.Selector{Token: "secret-token-1"}, 3},
		"everything":     {store.Selector{All: true}, 0},
		"other user":     {store.Selector{User: "mallory"}, 4},
	} {
		t.Run(what, func(t *testing.T) {
			r := newRig(t, nil)
			r.issue(t, alice, office)
			r.issue(t, alice, warehouse)
			r.issue(t, phone, office)
			r.issue(t, bob, warehouse)
			out := r.revoke(t, tc.sel)
			if out != (issuer.Revocation{Tokens: 4 - tc.left}) {
				t.Errorf("%+v, want %d tokens, none pending", out, 4-tc.left)
			}
			r.up.wantLive(t, tc.left)
			r.issue(t, alice, office)
			r.issue(t, alice, warehouse)
			r.issue(t, phone, office)
			r.issue(t, bob, warehouse)
			r.up.wantMints(t, 4+4-tc.left)
		})
	}
}

func TestInvalidSelectorRevokesNothing(t *testing.T) {
	r := newRig(t, nil)
	r.issue(t, alice, office)
	for _, s := range []store.Selector{{}, {Session: "phone"}, {All: true, User: "alice"}, {All: true, Model: office}} {
		if _, err := r.Revoke(t.Context(), s); !errors.Is(err, issuer.ErrInvalid) {
			t.Errorf("Revoke(%+v): %v, want ErrInvalid", s, err)
		}
	}
	r.up.wantLive(t, 1)
}

// A renewed token's forerunner still opens a tour for a minute or two: it must be revoked as well.
func TestRevocationReachesTokensThatWereRenewed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil)
		r.issue(t, alice, office)
		time.Sleep(8*time.Minute + time.Second)
		r.issue(t, alice, office)
		r.up.wantLive(t, 2)
		if out := r.revoke(t, store.Selector{User: "alice"}); out.Tokens != 2 {
			t.Errorf("%+v, want 2 tokens", out)
		}
		r.up.wantLive(t, 0)
	})
}

// Promise 4: what was revoked is served by no replica, also when Matterport does not answer.
func TestRevokedTokenIsServedByNoReplica(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		shared := issuer.NewMemory(issuer.MemoryConfig{})
		a := newRig(t, func(c *issuer.Config) { c.Store = shared })
		b := newRig(t, func(c *issuer.Config) { c.Store = shared; c.Matterport = a.up })
		old := a.issue(t, alice, office)
		if b.issue(t, alice, office).AccessToken != old.AccessToken {
			t.Fatal("the replicas do not share their tokens")
		}
		a.up.set(func(u *upstream) { u.stubborn = matterport.ErrUnavailable })
		if out := a.revoke(t, store.Selector{User: "alice"}); out != (issuer.Revocation{Tokens: 1, Pending: 1}) {
			t.Errorf("%+v, want 1 token, pending", out)
		}
		for _, r := range []*rig{a, b} {
			if r.issue(t, alice, office).AccessToken == old.AccessToken {
				t.Error("a revoked token was served")
			}
		}
	})
}

func TestRevocationInvalidatesAMintInProgress(t *testing.T) {
	for _, s := range []store.Selector{{User: "alice"}, {All: true}} {
		invalidatesAMint(t, s)
	}
}

func invalidatesAMint(t *testing.T, s store.Selector) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil)
		r.up.set(func(u *upstream) { u.takes = time.Second })
		var wg sync.WaitGroup
		for range 10 {
			wg.Go(func() { r.refuse(t, issuer.ErrUnavailable, alice, office) })
		}
		time.Sleep(500 * time.Millisecond)
		if out := r.revoke(t, s); out.Tokens != 0 {
			t.Errorf("%+v, want nothing stored yet", out)
		}
		wg.Wait()
		time.Sleep(time.Second)
		r.up.wantLive(t, 0)
	})
}

// Every interleaving of issuing and revoking, as far as chance finds them: a token that was issued
// before the revocation returned is not issued after it.
func TestIssueAndRevokeRaceLeavesNothingBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, func(c *issuer.Config) { c.MintBurst = 10_000 })
		for range 200 {
			var before sync.Map
			var wg sync.WaitGroup
			for range 4 {
				wg.Go(func() {
					if token, err := r.Issue(t.Context(), alice, office); err == nil {
						before.Store(token.AccessToken, true)
					}
				})
			}
			r.revoke(t, store.Selector{User: "alice"})
			wg.Wait()
			r.revoke(t, store.Selector{User: "alice"})
			if _, served := before.Load(r.issue(t, alice, office).AccessToken); served {
				t.Fatal("a revoked token was served")
			}
		}
		r.revoke(t, store.Selector{User: "alice"})
		synctest.Wait() // for the deletion of what was minted in vain
		r.up.wantLive(t, 0)
	})
}

func TestDeletionIsRetriedUntilDone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil)
		r.issue(t, alice, office)
		r.up.set(func(u *upstream) { u.stubborn = matterport.ErrUnavailable })
		r.revoke(t, store.Selector{User: "alice"})
		time.Sleep(2 * time.Minute)
		r.up.set(func(u *upstream) { u.stubborn = nil })
		time.Sleep(time.Minute)
		r.up.wantLive(t, 0)
		_, _, tries := r.up.count()
		time.Sleep(time.Hour)
		if _, _, again := r.up.count(); again != tries {
			t.Error("deleted again after it was done")
		}
	})
}

func TestDeletionEndsWithTheTokensLife(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil)
		r.issue(t, alice, office)
		r.up.set(func(u *upstream) { u.stubborn = matterport.ErrUnavailable })
		r.revoke(t, store.Selector{User: "alice"})
		time.Sleep(11 * time.Minute)
		_, _, tries := r.up.count()
		time.Sleep(time.Hour)
		if _, _, again := r.up.count(); again != tries || tries < 10 {
			t.Errorf("%d tries while it lived, %d after", tries, again-tries)
		}
	})
}

func TestTokenThatIsGoneAlreadyCountsAsDeleted(t *testing.T) {
	r := newRig(t, nil)
	r.issue(t, alice, office)
	r.up.set(func(u *upstream) { u.stubborn = &matterport.Error{Code: "not.found", Err: matterport.ErrNotFound} })
	if out := r.revoke(t, store.Selector{User: "alice"}); out.Pending != 0 {
		t.Errorf("%+v, want none pending", out)
	}
}

func TestCloseGivesDeletionsUpAndSaysSo(t *testing.T) {
	r := newRig(t, nil)
	r.issue(t, alice, office)
	r.up.set(func(u *upstream) { u.stubborn = matterport.ErrUnavailable })
	r.revoke(t, store.Selector{User: "alice"})
	_ = r.Close()
	if !strings.Contains(r.log.String(), "deletion abandoned") {
		t.Errorf("nothing in the log:\n%s", r.log)
	}
}

func TestChangedPolicyRevokesTokens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil)
		r.issue(t, alice, office)
		r.issue(t, alice, office, warehouse)
		r.issue(t, alice, warehouse)
		r.issue(t, bob, warehouse)
		r.rules.set("alice", warehouse)
		r.rules.watching()
		time.Sleep(time.Second)
		r.up.wantLive(t, 2)
	})
}

func TestFailingPolicyRevokesNothing(t *testing.T) {
	r := newRig(t, nil)
	r.issue(t, alice, office)
	r.rules.err = errors.New("the database is down")
	if err := r.Recheck(t.Context()); !errors.Is(err, issuer.ErrUnavailable) {
		t.Errorf("Recheck: %v", err)
	}
	r.up.wantLive(t, 1)
}

func TestRevokeFailsIfTheStoreFails(t *testing.T) {
	r := newRig(t, func(c *issuer.Config) {
		c.Store = &brokenStore{Store: issuer.NewMemory(issuer.MemoryConfig{}), at: "Evict"}
	})
	if _, err := r.Revoke(t.Context(), store.Selector{User: "alice"}); !errors.Is(err, issuer.ErrUnavailable) || !errors.Is(err, errBroken) {
		t.Errorf("Revoke: %v", err)
	}
}
