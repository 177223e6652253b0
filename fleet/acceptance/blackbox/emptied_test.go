//go:build unix

package blackbox_test

import (
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/go-pme/pme/fleet/internal/redistest"
)

// Redis is emptied again and again while copies of ended sessions are tried on all replicas.
func TestNoCopyCountsWhileRedisIsEmptied(t *testing.T) {
	both(t, func(t *testing.T, kind string) {
		s := newSite(t, kind)
		all := s.replicas(3)
		for round, lose := range []func(*testing.T, *redistest.Server){empty["flushed"], empty["restarted"], empty["flushed"], empty["restarted"]} {
			alice := s.person("alice").signIn(all[round%3])
			copied := alice.copy(all[0])
			if a := alice.patiently(func() answer { return alice.signOut(all[(round+1)%3]) }); a.status != http.StatusSeeOther {
				t.Fatalf("%d %s", a.status, a.body)
			}
			var done atomic.Bool
			var askers sync.WaitGroup
			for i, p := range all {
				askers.Go(func() {
					for !done.Load() {
						if a, _ := copied.token(p, office); a.status != http.StatusUnauthorized && a.status != http.StatusServiceUnavailable {
							t.Errorf("round %d, replica %d: %d %s", round, i, a.status, a.body)
							return
						}
					}
				})
			}
			lose(t, s.redis)
			late := s.start() // it has never heard of her
			copied.want(late, http.StatusUnauthorized, fmt.Sprint("on a newcomer in round ", round))
			done.Store(true)
			askers.Wait()
			late.kill()
		}
	})
}
