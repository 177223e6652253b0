//go:build unix

package blackbox_test

import (
	"net/http"
	"syscall"
	"testing"
	"time"

	"github.com/go-pme/pme/matterport/matterporttest"
)

func TestStoppedReplicaFinishesWhatItBeganAndLeaves(t *testing.T) {
	both(t, func(t *testing.T, kind string) {
		s := newSite(t, kind)
		stays, stops := s.start(), s.start()
		alice := s.person("alice").signIn(stays)
		alice.wantIn(stops)
		s.matterport.Fail(mint, matterporttest.Latency(4*time.Second), 1)
		answered := make(chan answer, 1)
		go func() { a, _ := alice.token(stops, office); answered <- a }()
		eventually(t, 5*time.Second, "it mints", func() bool { return s.matterport.Calls(mint) == 1 })
		stops.signal(syscall.SIGTERM)
		if a := <-answered; a.status != http.StatusOK {
			t.Errorf("%d %s\n%s", a.status, a.body, &stops.stderr)
		}
		if code := stops.wait(5 * time.Second); code != 0 {
			t.Errorf("exit code %d\n%s", code, &stops.stderr)
		}
		admin := s.redis.Client(t)
		n, err := admin.Do(t.Context(), admin.B().Hlen().Key("{pme:default}:members").Build()).AsInt64()
		if err != nil || n != 1 {
			t.Errorf("%d members, %v", n, err)
		}
		if a := alice.revoke(stays); a.status != http.StatusOK || a.took > 900*time.Millisecond {
			t.Errorf("revoking afterwards: %d after %v", a.status, a.took)
		}
	})
}

func TestReplicaStopsWhileRedisHangs(t *testing.T) {
	s := newSite(t, "intranet")
	p := s.start()
	s.redis.Freeze(t)
	p.signal(syscall.SIGTERM)
	if code := p.wait(10 * time.Second); code != 0 {
		t.Errorf("exit code %d\n%s", code, &p.stderr)
	}
}

func TestRevocationDoesNotWaitForAKilledReplicaTwice(t *testing.T) {
	s := newSite(t, "intranet")
	stays, ends := s.start(), s.start()
	alice := s.person("alice").signIn(ends)
	alice.want(ends, http.StatusOK, "before")
	ends.kill()
	for i, limit := range []time.Duration{2 * time.Second, 900 * time.Millisecond} {
		if a := alice.revoke(stays); a.status != http.StatusOK || a.took > limit {
			t.Errorf("revocation %d: %d after %v", i, a.status, a.took)
		}
	}
	alice.want(stays, http.StatusOK, "still signed in")
}
