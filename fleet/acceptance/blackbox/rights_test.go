//go:build unix

package blackbox_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-pme/pme/fleet/internal/redistest"
)

func TestStartWithoutTheRightToReadThePolicyWarns(t *testing.T) {
	s := newSite(t, "intranet", redistest.WithUser("pme", ">hidden ~* &* +@all -config -info"))
	p := s.start("REDIS_URL=" + s.redis.UserURL("pme", "hidden"))
	if !strings.Contains(p.stderr.String(), "maxmemory-policy") || !strings.Contains(p.stderr.String(), "level=WARN") {
		t.Errorf("no warning: %s", &p.stderr)
	}
	s.person("alice").signIn(p).want(p, http.StatusOK, "with few rights")
}

func TestRevokingWorksWithoutTheRightToPublish(t *testing.T) {
	for name, rules := range map[string]string{
		"no publish":  ">hidden ~* &* +@all -publish -spublish",
		"no channel":  ">hidden ~* resetchannels +@all",
		"no pubsub":   ">hidden ~* &* +@all -@pubsub",
		"no listener": ">hidden ~* &* +@all -subscribe",
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, "intranet", redistest.WithUser("pme", rules))
			address := "REDIS_URL=" + s.redis.UserURL("pme", "hidden")
			a, b := s.start(address), s.start(address)
			for i := range 3 {
				alice := s.person("alice").signIn(a)
				alice.want(b, http.StatusOK, "signed in")
				copied := alice.copy(a)
				if out := alice.signOut(a); out.status != http.StatusSeeOther || out.took > 3*time.Second {
					t.Errorf("%d after %v: %s", out.status, out.took, out.body)
				}
				copied.want(b, http.StatusUnauthorized, fmt.Sprint("signed out ", i))
			}
		})
	}
}

func TestPolicyThatDropsTokensIsRefused(t *testing.T) {
	for _, policy := range []string{"allkeys-lru", "volatile-ttl", "volatile-lru", "allkeys-random"} {
		s := newSite(t, "intranet", redistest.WithMaxMemory("100mb", policy))
		s.wantNoStart("maxmemory-policy")
	}
	info := newSite(t, "intranet", redistest.WithMaxMemory("100mb", "allkeys-lru"), redistest.WithUser("pme", ">hidden ~* &* +@all -config"))
	info.wantNoStart("maxmemory-policy", "REDIS_URL="+info.redis.UserURL("pme", "hidden"))
}

func TestRedisWithoutMemoryIsDegraded(t *testing.T) {
	s := newSite(t, "intranet", redistest.WithMaxMemory("100mb", "noeviction"))
	before := s.start()
	alice := s.person("alice").signIn(before)
	alice.want(before, http.StatusOK, "before")
	admin := s.redis.Client(t)
	limit := func(bytes string) {
		if err := admin.Do(t.Context(), admin.B().ConfigSet().ParameterValue().ParameterValue("maxmemory", bytes).Build()).Error(); err != nil {
			t.Fatal(err)
		}
	}
	limit("1")
	during := s.start()
	for _, p := range []*process{before, during} {
		eventually(t, 4*time.Second, "it is degraded", func() bool { return s.readiness(p) == "degraded" })
		alice.mayFail(p)
		alice.wantRefused("revoke", alice.revoke(p))
		if a := s.person("bob").trySignIn(p); a.took > 5*time.Second || a.status != http.StatusServiceUnavailable && a.status != http.StatusSeeOther {
			t.Errorf("login: %d after %v", a.status, a.took)
		}
	}
	if n := len(s.matterport.LiveTokens()); n != 1 {
		t.Errorf("%d tokens at Matterport, want 1", n)
	}
	limit("0")
	for _, p := range []*process{before, during} {
		eventually(t, 3*time.Second, "it is well", func() bool { return s.readiness(p) == "ok" })
		alice.want(p, http.StatusOK, "afterwards")
	}
}

func TestRedisThatLoadsIsDegraded(t *testing.T) {
	s := newSite(t, "intranet", redistest.WithConfig("appendonly yes", "appendfsync always", "key-load-delay 100"))
	admin := s.redis.Client(t)
	before := s.start()
	alice := s.person("alice").signIn(before)
	for i := range 20000 {
		if err := admin.Do(t.Context(), admin.B().Set().Key(fmt.Sprint("other", i)).Value("x").Build()).Error(); err != nil {
			t.Fatal(err)
		}
	}
	go s.redis.Restart(t)
	late := s.start()
	alice.mayFail(late)
	eventually(t, 20*time.Second, "it is well", func() bool { return s.readiness(late) == "ok" && s.readiness(before) == "ok" })
	for _, p := range []*process{before, late} {
		alice.want(p, http.StatusOK, "afterwards")
	}
}
