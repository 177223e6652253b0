//go:build unix

package processes_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"
)

// A history is revocations of one site, each of a token that every replica has served before.
type history struct {
	*site
	served []*process // that have to serve a token before it is revoked
	evicts []*process // that revoke

	mu   sync.Mutex // guards took
	took []time.Duration
}

// run revokes n tokens, those of each user one after the other, and those of all users at the same time.
func (h *history) run(t *testing.T, n int) {
	t.Helper()
	var users sync.WaitGroup
	for user := range h.Users {
		users.Go(func() {
			for i := range n / h.Users {
				if t.Failed() || !h.revokeOne(t, user, i) {
					return
				}
			}
		})
	}
	users.Wait()
}

// settle lets the epoch become old: revocations of one that has just begun wait for a lease.
func (h *history) settle(t *testing.T) {
	t.Helper()
	h.run(t, 2*h.Users)
	h.took = nil
}

// revokeOne lets one replica store the user's next token, all serve it, and another one revoke it.
func (h *history) revokeOne(t *testing.T, user, i int) bool {
	version := h.board.Revoked[user].Load() + 1
	if _, err := h.evicts[(i+user)%len(h.evicts)].do(t.Context(), "/put", order{User: user, Version: version}); err != nil {
		t.Errorf("put: %v", err)
		return false
	}
	if !h.awaitServed(t, user, version) {
		return false
	}
	out, err := h.evicts[(i*3+user+1)%len(h.evicts)].do(t.Context(), "/evict", order{User: user, Version: version})
	if err != nil || out.Tokens != 1 {
		t.Errorf("revocation of version %d of user %d: %d tokens, %v", version, user, out.Tokens, err)
		return false
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.took = append(h.took, out.Took)
	return true
}

func (h *history) awaitServed(t *testing.T, user int, version uint64) bool {
	deadline := time.Now().Add(30 * time.Second)
	for _, p := range h.served {
		for h.board.Readers[p.Index].Served[user].Load() < version {
			if time.Now().After(deadline) || t.Context().Err() != nil {
				t.Errorf("replica %d has not served version %d of user %d", p.Index, version, user)
				return false
			}
			time.Sleep(200 * time.Microsecond)
		}
	}
	return true
}

// check fails if a reader was served what had been revoked before its request.
func (h *history) check(t *testing.T) {
	t.Helper()
	var hits, errs uint64
	for _, p := range h.replicas {
		mine := &h.board.Readers[p.Index]
		hits, errs = hits+mine.Hits.Load(), errs+mine.Errors.Load()
		if n := mine.Wrong.Load(); n != 0 {
			t.Errorf("replica %d has served %d revoked tokens", p.Index, n)
		}
	}
	t.Logf("%d revocations, %d tokens served, %d errors of readers; %s", len(h.took), hits, errs, quantiles(h.took))
}

func quantiles(took []time.Duration) string {
	if len(took) == 0 {
		return "nothing measured"
	}
	slices.Sort(took)
	at := func(q float64) time.Duration { return took[int(q*float64(len(took)-1))].Round(10 * time.Microsecond) }
	return fmt.Sprintf("revoked everywhere after p50 %v, p99 %v, worst %v", at(0.5), at(0.99), at(1))
}

func TestNoProcessServesWhatWasRevoked(t *testing.T) {
	s := newSite(t, nil)
	s.start(t, 8)
	for _, p := range s.replicas {
		p.must(t, "/read", order{})
	}
	h := &history{site: s, served: s.replicas, evicts: s.replicas}
	h.settle(t)
	n := 1600
	if long() {
		n = 10_000
	}
	h.run(t, n)
	h.check(t)
	for _, p := range h.replicas {
		if n := h.board.Readers[p.Index].Errors.Load(); n != 0 {
			t.Errorf("replica %d: %d readers got an error", p.Index, n)
		}
	}
}
