//go:build unix

package blackbox_test

import (
	"net/http"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/go-pme/pme/fleet/internal/netfault"
)

func TestManyAskAtOnceAndOneTokenIsMinted(t *testing.T) {
	s := newSite(t, "intranet")
	all := s.replicas(3)
	alice := s.person("alice").signIn(all[0])
	tokens := make(chan string, 90)
	var askers sync.WaitGroup
	for i := range cap(tokens) {
		askers.Go(func() { tokens <- alice.want(all[i%3], http.StatusOK, "one of many") })
	}
	askers.Wait()
	close(tokens)
	first := <-tokens
	for token := range tokens {
		if token != first {
			t.Error("several tokens")
		}
	}
	if n := s.matterport.Calls(mint); n != 1 {
		t.Errorf("%d mints", n)
	}
}

// The process is stopped for longer than its lease, as a suspended machine is.
func TestReplicaThatWasStoppedServesNothingThatWasRevoked(t *testing.T) {
	both(t, func(t *testing.T, kind string) {
		s := newSite(t, kind)
		well, sleeps := s.start(), s.start()
		for range 3 {
			alice := s.person("alice").signIn(well)
			alice.want(sleeps, http.StatusOK, "before")
			copied := alice.copy(well)
			sleeps.signal(syscall.SIGSTOP)
			if a := alice.signOut(well); a.status != http.StatusSeeOther || a.took > 3*time.Second {
				t.Errorf("%d after %v", a.status, a.took)
			}
			sleeps.signal(syscall.SIGCONT)
			if a, _ := copied.token(sleeps, office); a.status == http.StatusOK {
				t.Error("it serves the copy")
			}
			eventually(t, 3*time.Second, "it is well", func() bool { return s.readiness(sleeps) == "ok" })
			copied.want(sleeps, http.StatusUnauthorized, "afterwards")
		}
	})
}

func TestRestartOfAllReplicasChangesNothing(t *testing.T) {
	both(t, func(t *testing.T, kind string) {
		s := newSite(t, kind)
		before := s.start()
		stays, leaves := s.person("alice").signIn(before), s.person("alice")
		token := stays.want(before, http.StatusOK, "before")
		leaves.name = "bob"
		copied := leaves.signIn(before).copy(before)
		if a := leaves.signOut(before); a.status != http.StatusSeeOther {
			t.Fatalf("%d %s", a.status, a.body)
		}
		before.signal(syscall.SIGTERM)
		before.wait(10 * time.Second)
		after := s.start()
		if got := stays.want(after, http.StatusOK, "afterwards"); got != token {
			t.Error("another token")
		}
		copied.want(after, http.StatusUnauthorized, "signed out before")
	})
}

func TestAddressesThatLeadNowhereAreRetried(t *testing.T) {
	s := newSite(t, "intranet")
	for _, address := range []string{"redis://no-such-host.invalid:6379/0", "redis://127.0.0.1:1"} {
		begun := time.Now()
		p := s.start("REDIS_URL=" + address)
		if took := time.Since(begun); took > 10*time.Second {
			t.Errorf("%s: it serves after %v", address, took)
		}
		if got := s.readiness(p); got != "degraded" {
			t.Errorf("%s: %s", address, got)
		}
		p.signal(syscall.SIGTERM)
		if code := p.wait(10 * time.Second); code != 0 {
			t.Errorf("%s: exit code %d\n%s", address, code, &p.stderr)
		}
	}
}

// A connection is accepted, and nothing comes.
func TestReplicaBehindADeadNetworkStopsInTime(t *testing.T) {
	s := newSite(t, "intranet")
	proxy := netfault.Start(t, s.redis.Addr())
	proxy.Swallow(netfault.Both)
	p := s.start(s.through(proxy))
	if got := s.readiness(p); got != "degraded" {
		t.Errorf("readyz: %s", got)
	}
	s.person("alice").wantRefusedPage("login", s.person("alice").trySignIn(p))
	p.signal(syscall.SIGTERM)
	if code := p.wait(10 * time.Second); code != 0 {
		t.Errorf("exit code %d\n%s", code, &p.stderr)
	}
}

// Many requests come while Redis hangs: none waits behind the others.
func TestOutageIsAnsweredInTimeUnderLoad(t *testing.T) {
	s := newSite(t, "intranet")
	p := s.start()
	alice := s.person("alice").signIn(p)
	alice.want(p, http.StatusOK, "before")
	s.redis.Freeze(t)
	var askers sync.WaitGroup
	for range 40 {
		askers.Go(func() {
			for begun := time.Now(); time.Since(begun) < 5*time.Second; {
				alice.mayFail(p)
				if a := alice.revoke(p); a.status != http.StatusServiceUnavailable || a.took > 5*time.Second {
					t.Errorf("revoke: %d after %v", a.status, a.took)
				}
			}
		})
	}
	askers.Wait()
	s.redis.Thaw(t)
	eventually(t, 3*time.Second, "it is well", func() bool { return s.readiness(p) == "ok" })
	eventually(t, 3*time.Second, "a token", func() bool { a, _ := alice.token(p, office); return a.status == http.StatusOK })
}
