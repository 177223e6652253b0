package acceptance_test

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/go-pme/pme/fleet"
	"github.com/go-pme/pme/fleet/internal/fleettest"
	"github.com/go-pme/pme/fleet/internal/redistest"
	"github.com/go-pme/pme/issuer/store"
)

func TestSlotMovesWhileTheFleetWorks(t *testing.T) {
	t.Parallel()
	c, namespace := redistest.StartCluster(t), fleettest.Namespace()
	cfg := fleet.Config{Addresses: c.Addrs(), Namespace: namespace, Lease: 3 * time.Second, Logger: slog.New(slog.DiscardHandler)}
	all := []*fleet.Fleet{fleettest.Open(t, cfg), fleettest.Open(t, cfg), fleettest.Open(t, cfg)}
	slot := c.Slot(t, "{pme:"+namespace+"}:fleet")
	for _, f := range all {
		works(t, f, f) // the first revocation of a new fleet waits for a lease
	}
	done := make(chan struct{})
	var workers sync.WaitGroup
	for i, f := range all {
		workers.Go(func() {
			rounds := 0
			for ; ; rounds++ {
				select {
				case <-done:
					t.Logf("replica %d did %d rounds", i, rounds)
					return
				default:
				}
				if err := round(t, f, all[(i+1)%len(all)], fmt.Sprint("user", i), rounds); err != nil {
					t.Errorf("replica %d, round %d: %v", i, rounds, err)
					return
				}
			}
		})
	}
	for range 3 {
		from := c.Owner(t, slot)
		move := c.BeginMove(t, slot, c.Nodes()[(slices.Index(c.Nodes(), from)+1)%3])
		for len(move.Keys(t, 3)) > 0 { // a few at a time, so that scripts find their keys apart
			<-time.After(20 * time.Millisecond) // the fleet works meanwhile
		}
		move.Finish(t)
	}
	close(done)
	workers.Wait()
}

// round stores a token, reads it on another replica, and revokes it.
func round(t *testing.T, f, other *fleet.Fleet, user string, n int) error {
	t.Helper()
	e := fleettest.Token(fmt.Sprint(user, n), user)
	claim, err := f.Tokens().Claim(t.Context(), e.Key, f.Tokens().Mark(), time.Minute)
	if errors.Is(err, store.ErrClaimLost) { // the replica has not heard of its own latest revocation yet
		return nil
	}
	if err != nil {
		return fmt.Errorf("Claim: %w", err)
	}
	if err := f.Tokens().Put(t.Context(), claim, e, time.Hour); err != nil {
		return fmt.Errorf("Put: %w", err)
	}
	if got, err := other.Tokens().Get(t.Context(), e.Key, other.Tokens().Mark()); err != nil || got == nil {
		return fmt.Errorf("Get: %v, %w", got, err)
	}
	if gone, err := f.Tokens().Evict(t.Context(), store.Selector{User: user}); err != nil || len(gone) == 0 {
		return fmt.Errorf("Evict: %d tokens, %w", len(gone), err)
	}
	if fleettest.Has(other.Tokens(), e.Key) {
		return errors.New("a revoked token is served")
	}
	return nil
}

// A slot that does not settle is an outage, and no other error.
func TestSlotThatStaysApart(t *testing.T) {
	t.Parallel()
	c, namespace := redistest.StartCluster(t), fleettest.Namespace()
	f := fleettest.Open(t, fleet.Config{Addresses: c.Addrs(), Namespace: namespace, Logger: slog.New(slog.DiscardHandler)})
	slot := c.Slot(t, "{pme:"+namespace+"}:fleet")
	from := c.Owner(t, slot)
	move := c.BeginMove(t, slot, c.Nodes()[(slices.Index(c.Nodes(), from)+1)%3])
	move.Key(t, "{pme:"+namespace+"}:members")
	fleettest.Eventually(t, "it is degraded", func() bool { return f.HealthParts()[0].Check(t.Context()) != nil })
	e := fleettest.Token("1", "alice")
	began := time.Now()
	_, err := f.Tokens().Get(t.Context(), e.Key, f.Tokens().Mark())
	if err == nil || errors.Is(err, store.ErrClaimLost) || time.Since(began) > 3*time.Second {
		t.Errorf("Get: %v after %v", err, time.Since(began))
	}
	move.Finish(t)
	fleettest.Eventually(t, "it writes again", func() bool { return write(t.Context(), []*fleet.Fleet{f}) })
}
