//go:build unix

package blackbox_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-pme/pme/fleet/internal/redistest"
)

// outages are the ways in which Redis does not answer, and how it comes back with its data.
var outages = map[string]struct {
	begin, end func(*testing.T, *redistest.Server)
}{
	"frozen": {
		func(t *testing.T, s *redistest.Server) { s.Freeze(t) },
		func(t *testing.T, s *redistest.Server) { s.Thaw(t) },
	},
	"killed": {
		func(t *testing.T, s *redistest.Server) { s.Kill(t) },
		func(t *testing.T, s *redistest.Server) { s.Restart(t) },
	},
}

func TestOutageIsAnsweredInTimeAndSignsNobodyOut(t *testing.T) {
	both(t, func(t *testing.T, kind string) {
		for name, outage := range outages {
			t.Run(name, func(t *testing.T) {
				s := newSite(t, kind, redistest.WithAppendOnly())
				all := s.replicas(2)
				alice := s.person("alice").signIn(all[0])
				alice.want(all[0], http.StatusOK, "before")
				outage.begin(t, s.redis)
				for begun := time.Now(); time.Since(begun) < 6*time.Second; {
					for _, p := range all {
						alice.mayFail(p)
					}
				}
				for _, p := range all {
					alice.wantUnavailable(p)
				}
				outage.end(t, s.redis)
				eventually(t, 3*time.Second, "all are well", func() bool {
					return s.readiness(all[0]) == "ok" && s.readiness(all[1]) == "ok"
				})
				for _, p := range all {
					alice.want(p, http.StatusOK, "afterwards")
				}
				copied := alice.copy(all[0])
				if a := alice.signOut(all[0]); a.status != http.StatusSeeOther {
					t.Errorf("signing out afterwards: %d %s", a.status, a.body)
				}
				for _, p := range all {
					copied.want(p, http.StatusUnauthorized, "signed out")
				}
			})
		}
	})
}

// mayFail checks answers that are 200 under the lease, and else 503.
func (p *person) mayFail(on *process) {
	p.t.Helper()
	if a, _ := p.token(on, office); a.status != http.StatusOK {
		p.wantRefused("token", a)
	}
	for _, path := range []string{"/pme/", "/pme/view/" + office, "/"} {
		if a := p.ask(on.origin+path, nil, true); a.status != http.StatusOK {
			p.wantRefusedPage(path, a)
		}
	}
	p.readiness(on)
}

// wantUnavailable checks the answers of a replica without a lease.
func (p *person) wantUnavailable(on *process) {
	p.t.Helper()
	if got := p.readiness(on); got != "degraded" {
		p.t.Errorf("readyz: %s", got)
	}
	a, _ := p.token(on, office)
	p.wantRefused("token", a)
	p.wantRefused("link", p.ask(on.origin+"/pme/link?modelId="+office, nil, false))
	p.wantRefused("models", p.ask(on.origin+"/pme/models", nil, false))
	p.wantRefused("revoke", p.revoke(on))
	p.wantRefusedPage("logout", p.signOut(on))
	p.wantRefusedPage("gallery", p.ask(on.origin+"/pme/", nil, true))
	p.wantRefusedPage("home page", p.ask(on.origin+"/", nil, true))
	other := p.person("carol")
	p.wantRefusedPage("login", other.trySignIn(on))
	if !p.hasCookie(on) {
		p.t.Error("the cookie is gone")
	}
}

func (p *person) wantRefused(what string, a answer) {
	p.t.Helper()
	var body struct {
		Error string `json:"error"`
		Text  string `json:"error_description"`
	}
	err := json.Unmarshal([]byte(a.body), &body)
	if a.status != http.StatusServiceUnavailable || a.header.Get("Retry-After") == "" || err != nil || body.Error != "temporarily_unavailable" || body.Text == "" {
		p.t.Errorf("%s: %d %v %s", what, a.status, a.header, a.body)
	}
	p.wantInTime(what, a)
}

func (p *person) wantRefusedPage(what string, a answer) {
	p.t.Helper()
	if a.status != http.StatusServiceUnavailable || a.location() != "" {
		p.t.Errorf("%s: %d to %q: %s", what, a.status, a.location(), a.body)
	}
	for _, c := range a.header.Values("Set-Cookie") {
		if !strings.Contains(c, "-login-") { // of an attempt that has ended
			p.t.Errorf("%s: Set-Cookie: %s", what, c)
		}
	}
	p.wantInTime(what, a)
}

func (p *person) wantInTime(what string, a answer) {
	p.t.Helper()
	if a.took > 5*time.Second {
		p.t.Errorf("%s: answered after %v", what, a.took)
	}
}

func TestReplicaThatStartsWhileRedisHangsIsDegraded(t *testing.T) {
	s := newSite(t, "intranet")
	first := s.start()
	alice := s.person("alice").signIn(first)
	s.redis.Freeze(t)
	late := s.start()
	if got := s.readiness(late); got != "degraded" {
		t.Errorf("readyz: %s", got)
	}
	alice.wantUnavailable(late)
	s.redis.Thaw(t)
	eventually(t, 3*time.Second, "it is well", func() bool { return s.readiness(late) == "ok" })
	alice.want(late, http.StatusOK, "afterwards")
}
