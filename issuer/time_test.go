package issuer_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-pme/pme/issuer"
	"github.com/go-pme/pme/issuer/store"
	"github.com/go-pme/pme/matterport"
)

// replicas are two issuers on one store, the second with a clock that it has yet to learn.
func replicas(t *testing.T) (warm, cold *rig) {
	t.Helper()
	shared := issuer.NewMemory(issuer.MemoryConfig{})
	warm = newRig(t, func(c *issuer.Config) { c.Store = shared })
	cold = newRig(t, func(c *issuer.Config) { c.Store = shared })
	cold.up.cold = true
	return warm, cold
}

func TestColdReplicaLearnsTheTimeBeforeItReusesAToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		warm, cold := replicas(t)
		first := warm.issue(t, alice, office)
		if again := cold.issue(t, alice, office); again.AccessToken != first.AccessToken {
			t.Error("the replica had a token minted, though it could have learned the time")
		}
		cold.issue(t, alice, office)
		if cold.up.learned != 1 {
			t.Errorf("the time was learned %d times, want once", cold.up.learned)
		}
	})
}

func TestColdReplicaThatCannotLearnTheTimeServesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		warm, cold := replicas(t)
		warm.issue(t, alice, office)
		cold.up.set(func(u *upstream) { u.failing = matterport.ErrUnavailable })
		cold.refuse(t, issuer.ErrUnavailable, alice, office)
		cold.up.set(func(u *upstream) { u.failing = nil })
		cold.issue(t, alice, office)
	})
}

// A token is deleted if the answer of its mint had no time.
func TestTokenIsNotServedWhileTheTimeIsUnknown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil)
		r.up.cold = true
		r.refuse(t, issuer.ErrUpstream, alice, office)
		synctest.Wait()
		r.up.wantLive(t, 0)
	})
}

// A clock that runs ahead must not make the issuer believe that a revoked token has ended.
func TestDeletionGoesOnThoughTheClockRunsAhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil)
		r.issue(t, alice, office)
		r.up.set(func(u *upstream) { u.stubborn, u.skew = matterport.ErrUnavailable, time.Hour })
		r.revoke(t, store.Selector{User: "alice"})
		time.Sleep(2 * time.Minute)
		r.up.set(func(u *upstream) { u.stubborn = nil })
		time.Sleep(time.Minute)
		r.up.wantLive(t, 0)
	})
}
