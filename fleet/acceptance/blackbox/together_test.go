//go:build unix

package blackbox_test

import (
	"net/http"
	"testing"
)

func TestLoginOnOneReplicaIsKnownOnAll(t *testing.T) {
	both(t, func(t *testing.T, kind string) {
		s := newSite(t, kind)
		all := s.replicas(3)
		alice := s.person("alice").signIn(all[0])
		token := alice.want(all[0], http.StatusOK, "where she signed in")
		for i, p := range all[1:] {
			if got := alice.want(p, http.StatusOK, "elsewhere"); got != token {
				t.Errorf("replica %d gives another token", i+1)
			}
		}
		if n := s.matterport.Calls("createPrivateModelEmbedLink"); n != 1 {
			t.Errorf("%d mints, want 1", n)
		}
		for _, p := range all {
			if got := s.readiness(p); got != "ok" {
				t.Errorf("readyz: %s", got)
			}
			s.person("bob").want(p, http.StatusUnauthorized, "without a cookie")
		}
	})
}
