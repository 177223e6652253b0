//go:build unix

package blackbox_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-pme/pme/fleet/internal/redistest"
)

// wantNoStart checks that a replica ends at once, and says why in few lines.
func (s *site) wantNoStart(why string, env ...string) {
	s.t.Helper()
	begun := time.Now()
	p := launch(s.t, s.kind, s.env(env...), nil)
	if p.origin != "" {
		s.t.Errorf("%s: it serves, with %q", why, env)
		return
	}
	text := p.stderr.String()
	code := p.wait(10 * time.Second)
	if took := time.Since(begun); code <= 0 || took > 10*time.Second {
		s.t.Errorf("%s: exit code %d after %v", why, code, took)
	}
	if !strings.Contains(text, why) || strings.Count(text, "\n") > 6 || strings.Contains(text, "goroutine") || strings.Contains(text, "hidden") {
		s.t.Errorf("%q, want %q: %s", env, why, text)
	}
}

func TestWrongSettingsEndTheStart(t *testing.T) {
	both(t, func(t *testing.T, kind string) {
		s := newSite(t, kind, redistest.WithUser("pme", "on >hidden ~nothing +@all"))
		s.start()
		for _, key := range []string{"", "hidden", s.fleetKey[:40], s.fleetKey + "," + "hidden", newKey(), newKey() + "," + newKey()} {
			s.wantNoStart("PME_FLEET_KEY", "PME_FLEET_KEY="+key)
		}
		for _, address := range []string{"hidden", "http://hidden", "redis://", "redis://:hidden@", "redis://hidden:0", "redis://hidden:99999", "redis://hidden/x", "redis://h/0?hidden=1", "redis:hidden", "unix:///hidden", "redis://:hidden%zz@h", "redis://hidden:6379/0/1"} {
			s.wantNoStart("REDIS_URL", "REDIS_URL="+address)
		}
		s.wantNoStart("SESSION_KEY", "SESSION_KEY=hidden")
		s.wantNoStart("NOPERM", "REDIS_URL="+s.redis.UserURL("pme", "hidden"))
		s.wantNoStart("WRONGPASS", "REDIS_URL="+s.redis.UserURL("pme", "hidden2"))
		s.wantNoStart("WRONGPASS", "REDIS_URL="+s.redis.UserURL("other", "hidden"))
		s.wantNoStart("DB index", "REDIS_URL="+s.redis.URL()+"/77")
		s.wantNoStart("AUTH", "REDIS_URL=redis://:hidden@"+s.redis.Addr())
	})
}

func TestMissingPasswordEndsTheStart(t *testing.T) {
	s := newSite(t, "intranet", redistest.WithPassword("hidden-in-a-test"))
	s.start()
	s.wantNoStart("NOAUTH", "REDIS_URL=redis://"+s.redis.Addr())
	s.wantNoStart("WRONGPASS", "REDIS_URL=redis://:hidden@"+s.redis.Addr()+"/0")
}

func TestPasswordsMayHaveAnyCharacter(t *testing.T) {
	const odd = `p@ss:w/o?r#d%&+=é`
	s := newSite(t, "intranet", redistest.WithUser("pme", ">"+odd+" ~* &* +@all"))
	p := s.start("REDIS_URL=redis://" + url.UserPassword("pme", odd).String() + "@" + s.redis.Addr() + "/0")
	if got := s.readiness(p); got != "ok" {
		t.Errorf("readyz: %s\n%s", got, &p.stderr)
	}
	if strings.Contains(p.stderr.String(), "ss:w") {
		t.Errorf("the password is in the log: %s", &p.stderr)
	}
}

// Rotation: the new key is the second one first, then the first one, on one replica after the other. A replica that does not know
// it yet goes on.
func TestKeysRotateWithoutSigningOut(t *testing.T) {
	both(t, func(t *testing.T, kind string) {
		s := newSite(t, kind)
		second := newKey()
		before := s.start()
		alice := s.person("alice").signIn(before)
		token := alice.want(before, http.StatusOK, "before")
		both := s.start("PME_FLEET_KEY=" + s.fleetKey + "," + second)
		swapped := s.start("PME_FLEET_KEY=" + second + "," + s.fleetKey)
		for _, p := range []*process{both, swapped, before} {
			if got := alice.want(p, http.StatusOK, "with two keys"); got != token {
				t.Errorf("another token")
			}
		}
		bob := s.person("bob").signIn(swapped)
		copied := bob.copy(both)
		for _, p := range []*process{both, swapped, before} {
			bob.wantIn(p)
		}
		if a := bob.signOut(swapped); a.status != http.StatusSeeOther {
			t.Errorf("%d %s", a.status, a.body)
		}
		for _, p := range []*process{both, before} {
			copied.want(p, http.StatusUnauthorized, "signed out with the new key")
			alice.want(p, http.StatusOK, "not signed out")
			if got := s.readiness(p); got != "ok" {
				t.Errorf("readyz: %s\n%s", got, &p.stderr)
			}
		}
		both.kill()
		before.kill()
		after := s.start("PME_FLEET_KEY=" + second)
		for _, p := range []*process{swapped, after} {
			copied.want(p, http.StatusUnauthorized, "signed out before")
			alice.want(p, http.StatusOK, "signed in under the old key")
		}
	})
}

// What heals by itself is retried.
func TestRedisThatIsNotThereYetIsRetried(t *testing.T) {
	s := newSite(t, "intranet")
	s.redis.Kill(t)
	p := s.start()
	if got := s.readiness(p); got != "degraded" {
		t.Errorf("readyz: %s", got)
	}
	s.person("alice").wantRefusedPage("login", s.person("alice").trySignIn(p))
	s.redis.Restart(t)
	eventually(t, 4*time.Second, "it is well", func() bool { return s.readiness(p) == "ok" })
	s.person("alice").signIn(p).want(p, http.StatusOK, "afterwards")
}
