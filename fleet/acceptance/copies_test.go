package acceptance_test

import (
	"strings"
	"testing"
	"time"

	"github.com/go-pme/pme/fleet"
	"github.com/go-pme/pme/fleet/internal/fleettest"
	"github.com/go-pme/pme/fleet/internal/redistest"
	"github.com/go-pme/pme/issuer/store"
)

func TestRevocationFailsIfTooFewReplicasOfRedisHaveIt(t *testing.T) {
	s := redistest.StartSentinel(t)
	f := fleettest.Open(t, fleet.Config{Addresses: s.Addrs(), Sentinel: fleet.Sentinel{Master: redistest.MasterName}, WaitReplicas: 1})
	e := fleettest.Token("", "alice")
	fleettest.Eventually(t, "a revocation that a replica has", func() bool {
		_, err := f.Tokens().Evict(t.Context(), store.Selector{User: "bob"})
		return err == nil
	})
	fleettest.Put(t, f.Tokens(), e)
	primary := s.Primary(t)
	s.CutReplication(t)
	gone, err := f.Tokens().Evict(t.Context(), store.Selector{User: "alice"})
	if err == nil || !strings.Contains(err.Error(), "WaitReplicas is 1") || len(gone) != 1 {
		t.Errorf("Evict without a replica: %d, %v", len(gone), err)
	}
	if fleettest.Has(f.Tokens(), e.Key) {
		t.Error("the revoked token is served")
	}
	s.Rejoin(t, primary)
}

func TestRevocationWaitsForReplicasOfACluster(t *testing.T) {
	c := redistest.StartCluster(t)
	cfg := fleet.Config{Addresses: c.Addrs()[:1], WaitReplicas: 1, Lease: 500 * time.Millisecond}
	f := fleettest.Open(t, cfg)
	evict := func() error {
		_, err := f.Tokens().Evict(t.Context(), store.Selector{User: "alice"})
		return err
	}
	if err := evict(); err == nil {
		t.Error("a revocation that no replica has succeeds")
	}
	for _, node := range c.Nodes() {
		c.AddReplica(t, node)
	}
	fleettest.Eventually(t, "a revocation that a replica has", func() bool { return evict() == nil })
}
