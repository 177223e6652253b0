package acceptance_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-pme/pme/fleet"
	"github.com/go-pme/pme/fleet/internal/fleettest"
	"github.com/go-pme/pme/fleet/internal/netfault"
	"github.com/go-pme/pme/fleet/internal/redistest"
	"github.com/go-pme/pme/issuer/store"
)

// soon is how long after the servers have settled each replica writes again, at the latest.
const soon = 5 * time.Second

// A failing is servers that a fleet uses, and a fail-over of them. It returns when the servers have settled, and sentinels or
// nodes agree.
type failing struct {
	cfg              fleet.Config
	primary, replica *redistest.Server
	failOver         func(t *testing.T)
}

// longLease is longer than most of the fail-overs take.
const longLease = 5 * time.Second

func bySentinels(t *testing.T, failOver func(*testing.T, *redistest.Sentinel)) failing {
	t.Helper()
	s := redistest.StartSentinel(t)
	return failing{
		cfg: fleet.Config{
			Addresses: s.Addrs(), Sentinel: fleet.Sentinel{Master: redistest.MasterName}, Namespace: fleettest.Namespace(), Lease: longLease,
		},
		primary: s.Primary(t), replica: s.Replica(t),
		failOver: func(t *testing.T) { t.Helper(); failOver(t, s) },
	}
}

func inCluster(t *testing.T, failOver func(t *testing.T, c *redistest.Cluster, primary, replica *redistest.Server, slot int)) failing {
	t.Helper()
	c, namespace := redistest.StartCluster(t), fleettest.Namespace()
	slot := c.Slot(t, "{pme:"+namespace+"}:fleet")
	primary := c.Owner(t, slot)
	replica := c.AddReplica(t, primary)
	return failing{
		cfg:     fleet.Config{Addresses: c.Addrs(), Namespace: namespace, Lease: longLease},
		primary: primary, replica: replica,
		failOver: func(t *testing.T) { t.Helper(); failOver(t, c, primary, replica, slot) },
	}
}

// behindAnAddress is a primary and a replica that know nothing of Sentinels, behind an address that moves to the new primary.
// The connections that exist go on, and lead to a replica.
func behindAnAddress(t *testing.T) failing {
	t.Helper()
	s := redistest.StartSentinel(t)
	primary, replica := s.Primary(t), s.Replica(t)
	for _, sentinel := range s.Sentinels() {
		sentinel.Kill(t)
	}
	proxy := netfault.Start(t, primary.Addr())
	return failing{
		cfg:     fleet.Config{Addresses: []string{proxy.Addr()}, Namespace: fleettest.Namespace(), Lease: longLease},
		primary: primary, replica: replica,
		failOver: func(t *testing.T) {
			t.Helper()
			primary.FailoverTo(t, replica)
			proxy.Redirect(replica.Addr())
		},
	}
}

func TestFailoverIsSurvived(t *testing.T) {
	t.Parallel()
	for name, start := range map[string]func(*testing.T) failing{
		"SentinelsAreAsked": func(t *testing.T) failing {
			return bySentinels(t, func(t *testing.T, s *redistest.Sentinel) { t.Helper(); s.Failover(t) })
		},
		"SentinelsFindThePrimaryKilled": func(t *testing.T) failing {
			return bySentinels(t, func(t *testing.T, s *redistest.Sentinel) { t.Helper(); s.AwaitPrimary(t, s.KillPrimary(t)) })
		},
		"SentinelsFindThePrimaryFrozen": func(t *testing.T) failing {
			return bySentinels(t, func(t *testing.T, s *redistest.Sentinel) {
				t.Helper()
				old := s.Primary(t)
				old.Freeze(t)
				s.AwaitPrimary(t, old)
			})
		},
		"SentinelsFindItDone": func(t *testing.T) failing {
			return bySentinels(t, func(t *testing.T, s *redistest.Sentinel) {
				t.Helper()
				old := s.Primary(t)
				old.FailoverTo(t, s.Replica(t))
				s.AwaitPrimary(t, old)
			})
		},
		"BehindAnAddress": behindAnAddress,
		"ClusterIsAsked": func(t *testing.T) failing {
			return inCluster(t, func(t *testing.T, c *redistest.Cluster, _, replica *redistest.Server, slot int) {
				t.Helper()
				c.Failover(t, replica, slot)
			})
		},
		"ClusterFindsThePrimaryKilled": func(t *testing.T) failing {
			return inCluster(t, func(t *testing.T, c *redistest.Cluster, primary, replica *redistest.Server, slot int) {
				t.Helper()
				primary.Kill(t)
				c.AwaitOwner(t, slot, replica)
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			survive(t, start(t))
		})
	}
}

// survive fails over while each replica serves a cached token.
func survive(t *testing.T, s failing) {
	t.Helper()
	s.cfg.Logger = slog.New(slog.DiscardHandler)
	var all []*fleet.Fleet
	for range 3 {
		all = append(all, fleettest.Open(t, s.cfg))
	}
	e := fleettest.Token("1", "alice")
	fleettest.Put(t, all[0].Tokens(), e)
	cached(t, all, e)
	s.primary.AwaitCopy(t, s.replica)

	stop := read(t, all, e)
	began := time.Now()
	s.failOver(t)
	settled := time.Now()
	fleettest.Eventually(t, "each replica writes again", func() bool { return write(t.Context(), all) })
	t.Logf("settled after %v, written again %v later", settled.Sub(began), time.Since(settled))
	if took := time.Since(settled); took > soon {
		t.Errorf("written again after %v", took)
	}
	stop()
	for _, f := range all {
		fleettest.Eventually(t, "each replica is well, and has the token", func() bool {
			return f.HealthParts()[0].Check(t.Context()) == nil && fleettest.Has(f.Tokens(), e.Key)
		})
	}
	works(t, all[0], all[1])
}

// cached waits until each replica has the token in memory: it reads the token when it knows of every revocation. Each has revoked
// something when it was opened.
func cached(t *testing.T, all []*fleet.Fleet, e *store.Entry) {
	t.Helper()
	for _, f := range all {
		fleettest.Eventually(t, "each replica serves the token from memory", func() bool {
			return strings.Split(string(f.Tokens().Mark()), ".")[1] == fmt.Sprint(len(all)) && fleettest.Has(f.Tokens(), e.Key)
		})
	}
}

// read has each replica serve a cached token again and again, until stop is called. Each call has to find it while the lease that was
// renewed last runs: on a busy machine, a fail-over may take longer.
func read(t *testing.T, all []*fleet.Fleet, e *store.Entry) (stop func()) {
	t.Helper()
	done, leased := make(chan struct{}), time.Now().Add(longLease*2/3-200*time.Millisecond)
	var readers sync.WaitGroup
	for i, f := range all {
		readers.Go(func() {
			failures, last := 0, error(nil)
			for tick := time.NewTicker(time.Millisecond); ; {
				select {
				case <-done:
					tick.Stop()
					if failures > 0 {
						t.Errorf("replica %d has failed %d times to serve the token, lately: %v", i, failures, last)
					}
					return
				case <-tick.C:
				}
				if got, err := f.Tokens().Get(context.Background(), e.Key, f.Tokens().Mark()); (err != nil || got == nil) && time.Now().Before(leased) {
					failures, last = failures+1, fmt.Errorf("%v, %w", got, err)
				}
			}
		})
	}
	return func() { close(done); readers.Wait() }
}

// write reports whether each replica stores a token.
func write(ctx context.Context, all []*fleet.Fleet) bool {
	for i, f := range all {
		e := fleettest.Token("2", fmt.Sprint("user", i))
		claim, err := f.Tokens().Claim(ctx, e.Key, f.Tokens().Mark(), time.Minute)
		if err != nil || f.Tokens().Put(ctx, claim, e, time.Hour) != nil {
			return false
		}
	}
	return true
}
