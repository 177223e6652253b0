//go:build unix

package blackbox_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/go-pme/pme/fleet/internal/netfault"
	"github.com/go-pme/pme/fleet/internal/redistest"
)

func TestSigningOutEndsCopiesOnAllReplicas(t *testing.T) {
	both(t, func(t *testing.T, kind string) {
		s := newSite(t, kind)
		all := s.replicas(3)
		alice, bob := s.person("alice"), s.person("bob").signIn(all[1])
		for round := range 15 {
			alice.signIn(all[round%3])
			token := alice.want(all[(round+1)%3], http.StatusOK, "signed in")
			copied := alice.copy(all[0])
			for _, p := range all {
				copied.want(p, http.StatusOK, "with a copy")
			}
			if a := alice.signOut(all[(round+2)%3]); a.status != http.StatusSeeOther {
				t.Fatalf("round %d: %d %s", round, a.status, a.body)
			}
			for i, p := range all {
				copied.want(p, http.StatusUnauthorized, fmt.Sprint("signed out, replica ", i, " in round ", round))
			}
			if !s.matterport.Deleted(token) {
				t.Errorf("round %d: the token lives on at Matterport", round)
			}
		}
		for _, p := range all {
			if a, _ := bob.token(p, office); a.status == http.StatusUnauthorized {
				t.Error("bob was signed out, too")
			}
		}
	})
}

// empty are the ways in which Redis comes back without its content.
var empty = map[string]func(*testing.T, *redistest.Server){
	"flushed":   func(t *testing.T, s *redistest.Server) { s.FlushAll(t) },
	"restarted": func(t *testing.T, s *redistest.Server) { s.RestartEmpty(t) },
}

func TestSigningOutOutlivesAnEmptiedRedis(t *testing.T) {
	both(t, func(t *testing.T, kind string) {
		for name, lose := range empty {
			t.Run(name, func(t *testing.T) {
				s := newSite(t, kind)
				all := s.replicas(3)
				alice, stays := s.person("alice").signIn(all[0]), s.person("alice2")
				stays.name = "carol"
				stays.signIn(all[1])
				copied := alice.copy(all[0])
				if a := alice.signOut(all[1]); a.status != http.StatusSeeOther {
					t.Fatalf("%d %s", a.status, a.body)
				}
				alice.signIn(all[2])
				all[0].kill() // one that knew of it ends
				lose(t, s.redis)
				late := s.start()
				replicas := []*process{all[1], all[2], late}
				for begun := time.Now(); time.Since(begun) < 3*time.Second; {
					for _, p := range replicas {
						if a, _ := copied.token(p, office); a.status != http.StatusUnauthorized && a.status != http.StatusServiceUnavailable {
							t.Fatalf("the copy gets %d %s, %v after", a.status, a.body, time.Since(begun))
						}
					}
				}
				for i, p := range replicas {
					eventually(t, 5*time.Second, fmt.Sprint("replica ", i, " is well"), func() bool { return s.readiness(p) == "ok" })
					copied.want(p, http.StatusUnauthorized, fmt.Sprint("signed out, replica ", i))
					alice.want(p, http.StatusOK, fmt.Sprint("signed in again, replica ", i))
					stays.wantIn(p)
				}
				again := s.person("alice").signIn(late)
				for _, p := range replicas {
					again.want(p, http.StatusOK, "signed in afterwards")
				}
			})
		}
	})
}

// wantIn checks that a person is signed in, whatever they may see.
func (p *person) wantIn(on *process) {
	p.t.Helper()
	if a := p.patiently(func() answer { return p.ask(on.origin+"/pme/models", nil, false) }); a.status != http.StatusOK {
		p.t.Errorf("%s: %d %s, want to be signed in", p.name, a.status, a.body)
	}
}

func TestCutOffReplicaRevokesNothingAndServesNothing(t *testing.T) {
	both(t, func(t *testing.T, kind string) {
		s := newSite(t, kind)
		proxy := netfault.Start(t, s.redis.Addr())
		well, cut := s.start(), s.start(s.through(proxy))
		alice := s.person("alice").signIn(well)
		alice.want(cut, http.StatusOK, "before")
		copied := alice.copy(well)
		proxy.Swallow(netfault.Both)
		alice.wantRefused("revoke", alice.revoke(cut))
		alice.wantRefusedPage("logout", alice.signOut(cut))
		if !alice.hasCookie(cut) {
			t.Error("the cookie is gone")
		}
		alice.want(well, http.StatusOK, "where Redis answers")
		if a := alice.signOut(well); a.status != http.StatusSeeOther || a.took > 5*time.Second {
			t.Errorf("signing out: %d %s after %v", a.status, a.body, a.took)
		}
		copied.want(well, http.StatusUnauthorized, "signed out")
		if a, _ := copied.token(cut, office); a.status == http.StatusOK {
			t.Error("the replica that is cut off serves the copy")
		}
		proxy.Heal(t)
		eventually(t, 3*time.Second, "it is well", func() bool { return s.readiness(cut) == "ok" })
		copied.want(cut, http.StatusUnauthorized, "afterwards")
	})
}

// The lease has just begun when the replica is cut off.
func TestRevokingOnAReplicaThatHasJustBeenCutOff(t *testing.T) {
	both(t, func(t *testing.T, kind string) {
		s := newSite(t, kind)
		proxy := netfault.Start(t, s.redis.Addr())
		well, cut := s.start(), s.start(s.through(proxy))
		alice := s.person("alice").signIn(well)
		for range 3 {
			alice.want(cut, http.StatusOK, "before")
			proxy.Swallow(netfault.Both)
			a := alice.signOut(cut)
			alice.wantRefusedPage("logout", a)
			proxy.Heal(t)
			eventually(t, 3*time.Second, "it is well", func() bool { return s.readiness(cut) == "ok" })
			alice.want(well, http.StatusOK, "not signed out")
		}
	})
}
