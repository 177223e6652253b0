//go:build unix

package processes_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/go-pme/pme/fleet/internal/redistest"
)

// A primary that dies takes with it what it had not replicated. The replicas write again what they remember: from then on
// nothing that was revoked before the fail-over is served.
func TestRevocationsThatAFailOverLosesAreWrittenAgain(t *testing.T) {
	sentinel := redistest.StartSentinel(t)
	s := &site{settings: settings{
		Addresses: sentinel.Addrs(), Master: redistest.MasterName, Namespace: fmt.Sprint("test", namespaces.Add(1)), Lease: time.Second, Users: 8,
	}}
	s.Board, s.board = newBoard(t)
	s.start(t, 4)
	for _, p := range s.replicas {
		p.must(t, "/read", order{})
	}
	h := &history{site: s, served: s.replicas, evicts: s.replicas}
	h.settle(t)
	versions := make([]uint64, 5)
	for user := range versions {
		versions[user] = 600 + uint64(user) // each revoked in another way
		s.replicas[user%4].must(t, "/put", order{User: user, Version: versions[user]})
		h.awaitServed(t, user, versions[user])
	}
	sentinel.AwaitReplication(t)
	old := sentinel.Primary(t)
	sentinel.CutReplication(t)
	for user, version := range versions {
		if out := s.replicas[(user+1)%4].must(t, "/evict", order{User: user, Version: version}); out.Tokens != 1 {
			t.Errorf("%d tokens", out.Tokens)
		}
	}
	h.check(t)
	old.Kill(t)
	killed := time.Now()
	sentinel.AwaitPrimary(t, old)
	promoted := time.Now()
	for i, p := range s.replicas {
		p.awaitWell(t, s.Users+i) // whom no reader reads
	}
	t.Logf("the fail-over takes %v, and %v later all replicas can store again", promoted.Sub(killed).Round(time.Millisecond), time.Since(promoted).Round(time.Millisecond))
	before := s.wrong()
	last := killed
	for _, p := range s.replicas {
		if at := s.board.Readers[p.Index].LastWrong.Load(); at != 0 {
			last = time.Unix(0, max(at, last.UnixNano()))
		}
	}
	t.Logf("in between, %d reads got a revoked token, the last %v after the primary was killed", before, last.Sub(killed).Round(time.Millisecond))
	h.took = nil
	for user := len(versions); user < s.Users; user++ {
		for range 10 {
			h.revokeOne(t, user, user)
		}
	}
	if more := s.wrong() - before; more != 0 {
		t.Errorf("%d times a revoked token is served afterwards", more)
	}
	t.Log(quantiles(h.took))
}

func (s *site) wrong() (n uint64) {
	for _, p := range s.replicas {
		n += s.board.Readers[p.Index].Wrong.Load()
	}
	return n
}
