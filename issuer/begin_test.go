package issuer_test

import (
	"context"
	"errors"
	"log/slog"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/suite"
	"github.com/go-pme/pme/issuer"
	"github.com/go-pme/pme/issuer/store"
)

// wantRevoked wants err to say that the caller has to be recognized anew, at once.
func wantRevoked(t *testing.T, what string, err error) {
	t.Helper()
	var e *issuer.Error
	if !errors.As(err, &e) || !errors.Is(err, issuer.ErrUnavailable) || e.RetryAfter != time.Second {
		t.Errorf("%s: %v, want ErrUnavailable with RetryAfter of 1s", what, err)
	}
}

// Promise 4: no mint counts whose request had passed the gate before the revocation.
func TestRequestFromBeforeARevocationGetsNoToken(t *testing.T) {
	for what, sel := range map[string]store.Selector{
		"user":             {User: "alice"},
		"model":            {Model: office},
		"user and model":   {User: "alice", Model: office},
		"session":          {User: "alice", Session: "phone"},
		"session, a model": {User: "alice", Session: "phone", Model: office},
	} {
		t.Run(what, func(t *testing.T) {
			r := newRig(t, nil)
			phone := &identity.User{ID: "alice", Session: "phone"}
			past := r.Begin(t.Context())
			r.revoke(t, sel)

			_, err := r.Issue(past, phone, office)
			wantRevoked(t, "with nothing stored", err)
			r.up.wantMints(t, 0)

			again := r.issue(t, phone, office) // signed in anew
			_, err = r.Issue(past, phone, office)
			wantRevoked(t, "with a token of a later sign-in stored", err)
			_, err = r.IssueSince(t.Context(), r.Mark(past), phone, office)
			wantRevoked(t, "by IssueSince", err)
			if r.issue(t, phone, office).AccessToken != again.AccessToken {
				t.Error("the later sign-in lost its token")
			}
		})
	}
}

func TestRevocationsOfOthersDoNotMatter(t *testing.T) {
	r := newRig(t, nil)
	ctx := r.Begin(t.Context())
	r.revoke(t, store.Selector{User: "bob"})
	r.revoke(t, store.Selector{Model: warehouse})
	r.revoke(t, store.Selector{User: "alice", Session: "phone"})
	if _, err := r.Issue(ctx, alice, office); err != nil {
		t.Error(err)
	}
}

func TestEarlierMarkCounts(t *testing.T) {
	r := newRig(t, nil)
	outer := r.Begin(t.Context())
	r.revoke(t, store.Selector{User: "alice"})
	_, err := r.Issue(r.Begin(outer), alice, office)
	wantRevoked(t, "begun twice", err)

	other := newRig(t, nil)
	if _, err := other.Issue(other.Begin(outer), alice, office); err != nil {
		t.Errorf("the mark of another issuer: %v", err)
	}
}

// Without a mark, Issue looks at what was revoked since it was called: a policy may take its time.
func TestRevocationWhileThePolicyTakesItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked, answer := make(chan bool), make(chan bool)
		r := newRig(t, func(c *issuer.Config) {
			c.Policy = access.Func(func(context.Context, *identity.User, string) (bool, error) {
				asked <- true
				return <-answer, nil
			})
		})
		var err error
		var wg sync.WaitGroup
		wg.Go(func() { _, err = r.Issue(t.Context(), alice, office) })
		<-asked
		if out := r.revoke(t, store.Selector{User: "alice"}); out.Tokens != 0 {
			t.Errorf("%+v, want nothing to revoke", out)
		}
		answer <- true
		wg.Wait()
		wantRevoked(t, "Issue", err)
		r.up.wantMints(t, 0)
	})
}

// A mints, B waits for A's claim, and a revocation voids the claim: neither answers a token, and B does not mint again.
func TestReplicaWaitingForAVoidedClaimMintsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		shared := issuer.NewMemory(issuer.MemoryConfig{})
		a := newRig(t, func(c *issuer.Config) { c.Store = shared })
		b := newRig(t, func(c *issuer.Config) { c.Store = shared; c.Matterport = a.up })
		a.up.set(func(u *upstream) { u.takes = time.Second })
		var wg sync.WaitGroup
		for _, r := range []*rig{a, b} {
			wg.Go(func() {
				_, err := r.Issue(t.Context(), alice, office)
				wantRevoked(t, "Issue", err)
			})
		}
		time.Sleep(500 * time.Millisecond)
		a.revoke(t, store.Selector{User: "alice"})
		wg.Wait()
		synctest.Wait() // for the deletion of what was minted in vain
		a.up.wantMints(t, 1)
		a.up.wantLive(t, 0)
	})
}

// A user who has signed in again must not suffer from a flight of the time before.
func TestNewSignInIsNotAffectedByAnOldMint(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil)
		r.up.set(func(u *upstream) { u.takes = time.Second })
		var wg sync.WaitGroup
		wg.Go(func() {
			_, err := r.Issue(t.Context(), alice, office)
			wantRevoked(t, "the request before", err)
		})
		time.Sleep(500 * time.Millisecond)
		r.revoke(t, store.Selector{User: "alice"})
		r.issue(t, alice, office)
		wg.Wait()
		synctest.Wait()
		r.up.wantMints(t, 2)
		r.up.wantLive(t, 1)
	})
}

func TestRevocationDuringIssueIsReportedOncePerRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil)
		r.up.set(func(u *upstream) { u.takes = time.Second })
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() { _, _ = r.Issue(t.Context(), alice, office) })
		}
		time.Sleep(500 * time.Millisecond)
		r.revoke(t, store.Selector{User: "alice"})
		wg.Wait()
		if n := strings.Count(r.log.String(), "reason=revoked"); n != 3 {
			t.Errorf("%d records for 3 requests:\n%s", n, r.log)
		}
	})
}

// Sixteen goroutines with a stolen session ask on while the host locks the user out and then revokes. Whatever
// the interleaving, nothing is live at Matterport afterwards, and a second revocation finds nothing.
func TestNothingOutlivesALockOutAndARevocation(t *testing.T) {
	sets := [][]string{{office}, {warehouse}, {office, warehouse}, {showroom}}
	r := newRig(t, func(c *issuer.Config) { c.MintBurst, c.Logger = 1<<30, slog.New(slog.DiscardHandler) })
	for round := range suite.Rounds(500, 10_000) {
		var lockedOut atomic.Bool
		var inside atomic.Int32 // requests that have passed the gate
		var wg sync.WaitGroup
		for i := range 16 {
			wg.Go(func() {
				for n := i; ; n++ {
					ctx := r.Begin(t.Context())
					if lockedOut.Load() { // the gate
						return
					}
					inside.Add(1)
					_, _ = r.Issue(ctx, alice, sets[n%len(sets)]...)
				}
			})
		}
		for inside.Load() < int32(1+round%32) {
			runtime.Gosched()
		}
		lockedOut.Store(true)
		r.revoke(t, store.Selector{User: "alice"})
		wg.Wait()
		if out := r.revoke(t, store.Selector{User: "alice"}); out.Tokens != 0 {
			t.Fatalf("round %d: %d tokens were stored after the revocation", round, out.Tokens)
		}
	}
	live := 1 // the unused token is being deleted
	for end := time.Now().Add(10 * time.Second); live > 0 && time.Now().Before(end); runtime.Gosched() {
		_, live, _ = r.up.count()
	}
	r.up.wantLive(t, 0)
}
