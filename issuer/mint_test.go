package issuer_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/issuer"
	"github.com/go-pme/pme/issuer/store"
)

// Promise 3: one mint, however many ask at once.
func TestHerdMintsOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil)
		r.up.set(func(u *upstream) { u.takes = time.Second })
		var same sync.Map
		var wg sync.WaitGroup
		for range 1000 {
			wg.Go(func() { same.Store(r.issue(t, alice, office).AccessToken, true) })
		}
		wg.Wait()
		n := 0
		same.Range(func(any, any) bool { n++; return true })
		if n != 1 {
			t.Errorf("1000 callers got %d tokens", n)
		}
		r.up.wantMints(t, 1)
	})
}

// Promise 3, in a fleet: replicas that share a store mint once between them.
func TestReplicasMintOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		shared := issuer.NewMemory(issuer.MemoryConfig{})
		a := newRig(t, func(c *issuer.Config) { c.Store = shared })
		b := newRig(t, func(c *issuer.Config) { c.Store = shared; c.Matterport = a.up })
		a.up.set(func(u *upstream) { u.takes = time.Second })
		var wg sync.WaitGroup
		for i := range 200 {
			wg.Go(func() { []*rig{a, b}[i%2].issue(t, alice, office) })
		}
		wg.Wait()
		a.up.wantMints(t, 1)
	})
}

func TestCallerThatLeavesDoesNotDisturbTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil)
		r.up.set(func(u *upstream) { u.takes = time.Second })
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() {
			start := time.Now()
			if _, err := r.Issue(ctx, alice, office); !errors.Is(err, context.Canceled) {
				t.Errorf("the caller who left: %v, want its own context's error", err)
			}
			if waited := time.Since(start); waited != 500*time.Millisecond {
				t.Errorf("the caller that left waited %v", waited)
			}
		})
		synctest.Wait()
		for range 99 {
			wg.Go(func() { r.issue(t, alice, office) })
		}
		time.Sleep(500 * time.Millisecond)
		cancel()
		wg.Wait()
		r.up.wantMints(t, 1)
	})
}

func TestHangingUpstreamEndsWithTheDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, func(c *issuer.Config) { c.MintTimeout = 5 * time.Second })
		r.up.set(func(u *upstream) { u.takes = time.Hour })
		start := time.Now()
		r.refuse(t, issuer.ErrUnavailable, alice, office)
		if waited := time.Since(start); waited != 5*time.Second {
			t.Errorf("waited %v, want 5s", waited)
		}
		r.up.set(func(u *upstream) { u.takes = 0 })
		r.issue(t, alice, office) // the claim was given up
	})
}

func TestPanicInAMintFailsOnlyThatMint(t *testing.T) {
	r := newRig(t, nil)
	r.up.set(func(u *upstream) { u.whileMint = func() { panic("secret-token inside") } })
	r.refuse(t, issuer.ErrUnavailable, alice, office)
	r.up.set(func(u *upstream) { u.whileMint = nil })
	r.issue(t, alice, office)
}

// claimed lets another replica have the claim for alice's token in the office, for as long as an issuer asks for.
func claimed(t *testing.T, tokens store.Store) (key store.Key, claim store.Claim) {
	t.Helper()
	key = store.Key{User: "alice", Models: office}
	claim, err := tokens.Claim(t.Context(), key, tokens.Mark(), 20*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	return key, claim
}

func TestDeadReplicaDelaysOthersAndRefusesNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tokens := issuer.NewMemory(issuer.MemoryConfig{})
		r := newRig(t, func(c *issuer.Config) { c.Store = tokens })
		claimed(t, tokens)
		r.up.set(func(u *upstream) { u.takes = 10 * time.Second }) // the mint has its whole time
		start := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		if _, err := r.Issue(ctx, alice, office); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != 3*time.Second {
			t.Errorf("a caller with less patience, after %v: %v", time.Since(start), err)
		}
		r.issue(t, alice, office)
		if waited := time.Since(start); waited > 31*time.Second {
			t.Errorf("held up for %v", waited)
		}
	})
}

// Matterport does not answer the other replica either.
func TestReplicaThatFailsToMintDelaysOthersByOneMoreMint(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tokens := issuer.NewMemory(issuer.MemoryConfig{})
		r := newRig(t, func(c *issuer.Config) { c.Store = tokens })
		key, claim := claimed(t, tokens)
		time.AfterFunc(15*time.Second, func() { _ = tokens.Release(context.Background(), key, claim) })
		r.up.set(func(u *upstream) { u.takes = time.Hour })
		start := time.Now()
		r.refuse(t, issuer.ErrUnavailable, alice, office)
		if waited := time.Since(start); waited < 30*time.Second || waited > 31*time.Second {
			t.Errorf("refused after %v", waited)
		}
	})
}

func TestClaimThatNeverEndsIsWaitedForOnlySoLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tokens := issuer.NewMemory(issuer.MemoryConfig{})
		r := newRig(t, func(c *issuer.Config) { c.Store = tokens })
		if _, err := tokens.Claim(t.Context(), store.Key{User: "alice", Models: office}, tokens.Mark(), time.Hour); err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		r.refuse(t, issuer.ErrUnavailable, alice, office)
		if waited := time.Since(start); waited != 21*time.Second {
			t.Errorf("refused after %v", waited)
		}
		r.up.wantMints(t, 0)
	})
}

// Promise 6: no goroutine outlives Close, not even one that waits for an upstream that hangs.
func TestCloseWaitsForMintsUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil)
		r.up.set(func(u *upstream) { u.takes = time.Hour })
		var ended atomic.Bool
		go func() {
			r.refuse(t, issuer.ErrUnavailable, alice, office)
			ended.Store(true)
		}()
		time.Sleep(time.Second)
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if !ended.Load() {
			t.Error("a caller still waits after Close")
		}
	})
}

func TestAccessWithdrawnDuringAMintIsWithdrawn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil)
		r.up.set(func(u *upstream) { u.takes = time.Second })
		var wg sync.WaitGroup
		wg.Go(func() { r.refuse(t, issuer.ErrDenied, alice, office) })
		synctest.Wait()
		r.rules.set("alice")
		wg.Wait()
		time.Sleep(time.Second)
		r.up.wantLive(t, 0)
	})
}

// Two sign-ins of one person share a token, but not what their sign-ins say of them.
func TestFirstCallersGroupsDoNotDecideForTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var closed atomic.Bool // from now on, for facilities only
		r := newRig(t, func(c *issuer.Config) {
			c.Policy = access.Func(func(_ context.Context, u *identity.User, _ string) (bool, error) {
				return !closed.Load() || len(u.Groups) > 0, nil
			})
		})
		r.up.set(func(u *upstream) { u.takes = time.Second })
		var wg sync.WaitGroup
		wg.Go(func() { r.issue(t, alice, office) })
		synctest.Wait()
		wg.Go(func() { r.refuse(t, issuer.ErrDenied, &identity.User{ID: "alice"}, office) })
		synctest.Wait()
		closed.Store(true)
		wg.Wait()
		r.up.wantMints(t, 1)
	})
}
