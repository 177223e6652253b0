//go:build unix

package processes_test

import (
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/go-pme/pme/fleet/internal/netfault"
)

// interrupted starts five replicas of which the last one has trouble, and revokes meanwhile. It returns the history of
// what was revoked.
func interrupted(t *testing.T, s *site) *history {
	t.Helper()
	for _, p := range s.replicas {
		p.must(t, "/read", order{})
	}
	well := s.replicas[:len(s.replicas)-1]
	h := &history{site: s, served: s.replicas, evicts: well}
	h.settle(t)
	h.run(t, 5*h.Users)
	h.served, h.took = well, nil
	return h
}

// wantOneWait fails if more than the first revocations, those of all users at once, waited for the replica in trouble. On a
// busy machine some are late themselves, so the quickest of them shows how long they wait.
func (h *history) wantOneWait(t *testing.T) {
	t.Helper()
	var waited []time.Duration
	for _, took := range h.took {
		if took >= h.Lease {
			waited = append(waited, took)
		}
	}
	switch {
	case len(waited) == 0 || len(waited) > h.Users:
		t.Errorf("%d revocations waited for the replica, want 1 to %d", len(waited), h.Users)
	case slices.Min(waited) > h.Lease+200*time.Millisecond || slices.Max(waited) > 2*h.Lease:
		t.Errorf("revocations waited %v, with a lease of %v", waited, h.Lease)
	}
}

func TestProcessThatWasStoppedServesNothingThatWasRevokedMeanwhile(t *testing.T) {
	s := newSite(t, nil)
	s.start(t, 5)
	last := s.replicas[4]
	h := interrupted(t, s)
	for range 2 { // it is a member again in between
		h.took = nil
		before := s.board.Readers[last.Index].Hits.Load()
		stopped := time.Now()
		last.signal(t, syscall.SIGSTOP)
		h.run(t, 20*h.Users)
		h.wantOneWait(t)
		eventually(t, "it is stopped for longer than its lease", func() bool { return time.Since(stopped) > 3*s.Lease/2 })
		last.signal(t, syscall.SIGCONT)
		h.served = s.replicas
		h.run(t, 5*h.Users)
		h.served = h.evicts
		h.check(t)
		if s.board.Readers[last.Index].Hits.Load() == before {
			t.Error("the replica has served nothing since")
		}
	}
}

func TestProcessThatIsCutOffServesNothingThatWasRevoked(t *testing.T) {
	s := newSite(t, nil)
	s.start(t, 4)
	proxy := netfault.Start(t, s.server.Addr())
	s.Addresses = []string{proxy.Addr()}
	s.start(t, 1)
	h := interrupted(t, s)
	proxy.Swallow(netfault.Both)
	h.run(t, 20*h.Users)
	h.wantOneWait(t)
	proxy.Heal(t)
	h.served = s.replicas
	h.run(t, 5*h.Users)
	h.check(t)
}

func TestProcessThatIsKilledIsWaitedForOnce(t *testing.T) {
	s := newSite(t, nil)
	s.start(t, 5)
	h := interrupted(t, s)
	s.replicas[4].kill(t)
	h.run(t, 20*h.Users)
	h.wantOneWait(t)
	h.check(t)
}
