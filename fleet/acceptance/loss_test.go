package acceptance_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/go-pme/pme/fleet"
	"github.com/go-pme/pme/fleet/internal/fleettest"
	"github.com/go-pme/pme/fleet/internal/redistest"
	"github.com/go-pme/pme/issuer/store"
)

func TestLostRevocationIsAnnouncedAgain(t *testing.T) {
	t.Parallel()
	for name, selector := range map[string]func(*store.Entry) store.Selector{
		"OfAUser":  func(e *store.Entry) store.Selector { return store.Selector{User: e.Key.User} },
		"OfAModel": func(*store.Entry) store.Selector { return store.Selector{Model: "secretmodel"} },
		"OfAll":    func(*store.Entry) store.Selector { return store.Selector{All: true} },
		"OfAToken": func(e *store.Entry) store.Selector { return store.Selector{Token: e.Token} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			announceAgain(t, selector)
		})
	}
}

// announceAgain revokes a token on a primary that dies before its replica has heard of it.
func announceAgain(t *testing.T, selector func(*store.Entry) store.Selector) {
	t.Helper()
	s := redistest.StartSentinel(t)
	const lease = 600 * time.Millisecond
	all := fleettest.Group(t, 3, fleet.Config{
		Addresses: s.Addrs(), Sentinel: fleet.Sentinel{Master: redistest.MasterName}, Lease: lease, Logger: slog.New(slog.DiscardHandler),
	})
	e := fleettest.Token("1", "alice")
	fleettest.Put(t, all[0].Tokens(), e)
	cached(t, all, e)
	s.Primary(t).AwaitCopy(t, s.Replica(t))
	s.CutReplication(t)
	if gone, err := all[1].Tokens().Evict(t.Context(), selector(e)); err != nil || len(gone) != 1 {
		t.Fatalf("Evict: %d tokens, %v", len(gone), err)
	}
	s.AwaitPrimary(t, s.KillPrimary(t))
	served := servedAfter(t, all, e)
	t.Logf("served for %v after the new primary took calls, with a lease of %v", served, lease)
	if served > lease/3+200*time.Millisecond {
		t.Errorf("the token is served for %v after the new primary took calls", served)
	}
}

// servedAfter asks each replica all the time from when the first one reaches the new primary until a second after all are well. It
// returns how long the token was served.
func servedAfter(t *testing.T, all []*fleet.Fleet, e *store.Entry) time.Duration {
	t.Helper()
	var first, last, well time.Time
	fleettest.Eventually(t, "each replica is well", func() bool {
		healthy := true
		for _, f := range all {
			if fleettest.Has(f.Tokens(), e.Key) {
				last = time.Now()
			}
			_, err := f.Sessions().Load(t.Context(), "nothing")
			if err == nil && first.IsZero() {
				first = time.Now()
			}
			healthy = healthy && err == nil && f.HealthParts()[0].Check(t.Context()) == nil
		}
		if healthy && well.IsZero() {
			well = time.Now()
		}
		return healthy && time.Since(well) > time.Second
	})
	if last.IsZero() {
		return 0
	}
	return last.Sub(first)
}

// What docs/fleet.md says of append-only files and replicas that end is true: if nothing remembers a revocation, its token is served
// until it is revoked again.
func TestRevocationThatNothingRemembersIsLost(t *testing.T) {
	t.Parallel()
	s := redistest.StartSentinel(t)
	cfg := fleet.Config{
		Addresses: s.Addrs(), Sentinel: fleet.Sentinel{Master: redistest.MasterName}, Namespace: fleettest.Namespace(),
		Logger: slog.New(slog.DiscardHandler), Lease: 600 * time.Millisecond,
	}
	old := []*fleet.Fleet{fleettest.Open(t, cfg), fleettest.Open(t, cfg)}
	e := fleettest.Token("1", "alice")
	fleettest.Put(t, old[0].Tokens(), e)
	s.Primary(t).AwaitCopy(t, s.Replica(t))
	s.CutReplication(t)
	if gone, err := old[1].Tokens().Evict(t.Context(), store.Selector{User: "alice"}); err != nil || len(gone) != 1 {
		t.Fatalf("Evict: %d tokens, %v", len(gone), err)
	}
	killed := s.KillPrimary(t)
	for _, f := range old {
		_ = f.Close()
	}
	s.AwaitPrimary(t, killed)
	f := fleettest.Open(t, cfg)
	fleettest.Eventually(t, "the token is served again", func() bool { return fleettest.Has(f.Tokens(), e.Key) })
	if gone, err := f.Tokens().Evict(t.Context(), store.Selector{User: "alice"}); err != nil || len(gone) != 1 {
		t.Errorf("it cannot be revoked again: %d tokens, %v", len(gone), err)
	}
	if fleettest.Has(f.Tokens(), e.Key) {
		t.Error("it is served after it was revoked again")
	}
}

// A primary that is cut off from its replica and the Sentinels stops writing, and so it ends the leases of those who reach it alone.
func TestIsolatedPrimaryEndsLeases(t *testing.T) {
	t.Parallel()
	s := redistest.StartSentinel(t, redistest.WithPassword("secret"), redistest.WithConfig("min-replicas-to-write 1", "min-replicas-max-lag 1"))
	sentinels := fleet.Config{
		Addresses: s.Addrs(), Password: "secret", Sentinel: fleet.Sentinel{Master: redistest.MasterName},
		Namespace: fleettest.Namespace(), Logger: slog.New(slog.DiscardHandler), Lease: 500 * time.Millisecond,
	}
	alone := sentinels
	alone.Sentinel, alone.Addresses = fleet.Sentinel{}, []string{s.Primary(t).Addr()}
	fleettest.Eventually(t, "the primary takes writes", func() bool { return s.Primary(t).Info(t)["min_slaves_good_slaves"] == "1" })
	cut, well := fleettest.Open(t, alone), fleettest.Open(t, sentinels)
	e := fleettest.Token("1", "alice")
	fleettest.Put(t, well.Tokens(), e)
	cached(t, []*fleet.Fleet{cut, well}, e)
	s.Primary(t).AwaitCopy(t, s.Replica(t))
	began := time.Now()
	isolated := s.IsolatePrimary(t)
	ended := fleettest.EventuallyWithin(t, 10*time.Second, "the lease ends", func() bool {
		return cut.HealthParts()[0].Check(t.Context()) != nil && !fleettest.Has(cut.Tokens(), e.Key)
	})
	next := s.AwaitPrimary(t, isolated).Client(t) // it has no replica: there is no third server
	if err := next.Do(t.Context(), next.B().Arbitrary("CONFIG", "SET", "min-replicas-to-write", "0").Build()).Error(); err != nil {
		t.Fatal(err)
	}
	t.Logf("the lease has ended %v after the isolation, the new primary is there after %v", ended, time.Since(began))
	fleettest.Eventually(t, "the other replica revokes", func() bool {
		_, err := well.Tokens().Evict(t.Context(), store.Selector{User: "alice"})
		return err == nil
	})
	if fleettest.Has(cut.Tokens(), e.Key) {
		t.Error("the replica that reaches the isolated primary serves a revoked token")
	}
}

func TestPrimaryThatGoesOnAloneIsWarnedOf(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		lines []string
		warns bool
	}{
		"Default": {nil, true},
		"Set":     {[]string{"min-replicas-to-write 1"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := redistest.StartSentinel(t, redistest.WithConfig(test.lines...))
			warning := "min-replicas-to-write is 0"
			if got := strings.Contains(logged(t, fleet.Config{URL: s.Primary(t).URL()}), warning); got != test.warns {
				t.Errorf("warned: %v", got)
			}
		})
	}
	t.Run("NoReplicas", func(t *testing.T) {
		if text := logged(t, fleet.Config{URL: redistest.Start(t).URL()}); text != "" {
			t.Errorf("the log has: %s", text)
		}
	})
}

// logged returns what a fleet logs when it is opened.
func logged(t *testing.T, cfg fleet.Config) string {
	t.Helper()
	var log bytes.Buffer
	cfg.Logger = slog.New(slog.NewTextHandler(&log, nil))
	f, err := fleet.Open(t.Context(), fleettest.Config(cfg))
	if err != nil {
		t.Fatal(err)
	}
	_ = f.Close()
	return log.String()
}
