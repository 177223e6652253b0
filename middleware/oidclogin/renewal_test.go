package oidclogin_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme/middleware/oidclogin"
)

func keepTokens(c *oidclogin.Config) { c.KeepTokens = true }

// renewing is a provider that gives refresh tokens, a site that keeps them, and a person signed in.
func renewing(t *testing.T) (*idp, *site, *browser) {
	t.Helper()
	p := newIDP(t)
	p.refresh = "first refresh token"
	s := newSite(t, p, keepTokens)
	b := s.browser(t)
	b.signIn()
	return p, s, b
}

// failing makes the token endpoint answer so.
func (p *idp) failing(status int, body string) {
	p.down = func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/token" {
			return false
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
		return true
	}
}

func TestSessionIsRenewedSilently(t *testing.T) {
	p, s, b := renewing(t)
	session := s.user().Session
	p.claims["groups"] = []string{"facilities"} // alice has left the staff
	p.claims["iat"] = nil
	delete(p.claims, "iat")
	b.wantSignedIn()
	if n := p.called("/token"); n != 1 {
		t.Fatalf("the token endpoint was called %d times before the time", n)
	}
	p.clock.pass(5 * time.Minute)
	b.wantSignedIn()
	b.wantSignedIn()
	u := s.user()
	if diff := cmp.Diff([]string{"facilities"}, u.Groups); diff != "" || u.Session != session {
		t.Errorf("session %q, groups (-want +got):\n%s", u.Session, diff)
	}
	p.clock.pass(5 * time.Minute)
	b.wantSignedIn() // with the refresh token that came with the last renewal
	if n := p.called("/token"); n != 3 {
		t.Errorf("the token endpoint was called %d times, want 3", n)
	}
}

func TestOneRefreshAtATime(t *testing.T) {
	p, s, b := renewing(t)
	value := b.sessionCookie().Value
	p.clock.pass(5 * time.Minute)
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if a := s.browser(t).withSession(value); a.status != http.StatusOK {
				t.Errorf("status %d", a.status)
			}
		})
	}
	all.Wait()
	if a := s.browser(t).withSession(value); a.status != http.StatusOK || len(a.cookies) != 1 {
		t.Errorf("late with the old cookie: status %d, cookies %v; want the renewed session", a.status, a.cookies)
	}
	if n := p.called("/token"); n != 2 {
		t.Errorf("the token endpoint was called %d times, want once for the login and once for the renewal", n)
	}
}

func TestOneRefreshAtATimeInAllReplicas(t *testing.T) {
	p := newIDP(t)
	p.refresh = "first refresh token"
	store := oidclogin.NewMemoryStore()
	shared := func(c *oidclogin.Config) { c.Store = store }
	one, other := newSite(t, p, keepTokens, shared), newSite(t, p, keepTokens, shared)
	b := one.browser(t)
	b.signIn()
	value := b.sessionCookie().Value
	other.browser(t).withSession(value)
	p.clock.pass(5 * time.Minute)
	var meanwhile sync.Once
	p.down = func(_ http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == "/token" {
			meanwhile.Do(func() {
				if a := other.browser(t).withSession(value); a.status != http.StatusOK {
					t.Errorf("meanwhile: status %d", a.status)
				}
			})
		}
		return false
	}
	b.wantSignedIn()
	if a := other.browser(t).withSession(value); a.status != http.StatusOK || len(a.cookies) != 1 {
		t.Errorf("afterwards: status %d, cookies %v; want the renewed session", a.status, a.cookies)
	}
	if n := p.called("/token"); n != 2 {
		t.Errorf("the token endpoint was called %d times, want once for the login and once for the renewal", n)
	}
}

func TestTransientFailureOfARenewalEndsNoSession(t *testing.T) {
	for name, fail := range map[string]func(p *idp){
		"unavailable":   func(p *idp) { p.failing(http.StatusServiceUnavailable, "") },
		"try again":     func(p *idp) { p.failing(http.StatusBadRequest, `{"error":"temporarily_unavailable"}`) },
		"wrong secret":  func(p *idp) { p.failing(http.StatusUnauthorized, `{"error":"invalid_client"}`) },
		"not even JSON": func(p *idp) { p.failing(http.StatusOK, `<html>`) },
		"no connection": func(p *idp) { p.CloseClientConnections(); p.failing(http.StatusOK, "") },
		"too long":      func(p *idp) { p.failing(http.StatusOK, strings.Repeat(" ", 2<<20)) },
		"redirected":    func(p *idp) { p.failing(http.StatusTemporaryRedirect, "") },
		"keys not available": func(p *idp) {
			p.keyID = "key-2"
			p.down = func(w http.ResponseWriter, r *http.Request) bool {
				if r.URL.Path != "/keys" {
					return false
				}
				w.WriteHeader(http.StatusBadGateway)
				return true
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			p, s, b := renewing(t)
			p.clock.pass(5 * time.Minute)
			fail(p)
			before := p.called("/token")
			for range 3 {
				b.wantSignedIn()
			}
			if n := p.called("/token") - before; n > 1 {
				t.Errorf("%d attempts within a minute, want one", n)
			}
			p.down = nil
			p.claims["groups"] = []string{"renewed"}
			p.clock.pass(time.Minute)
			b.wantSignedIn()
			if g := s.user().Groups; len(g) != 1 || g[0] != "renewed" {
				t.Errorf("groups %q, want the session renewed once the provider is well", g)
			}
		})
	}
}

func TestProvidersRefusalOfARenewalEndsTheSession(t *testing.T) {
	for name, refuse := range map[string]func(p *idp){
		"invalid_grant":     func(p *idp) { p.refresh = "" },
		"another user":      func(p *idp) { p.claims["sub"] = "mallory" },
		"another audience":  func(p *idp) { p.claims["aud"] = "another" },
		"groups not told":   func(p *idp) { p.claims["hasgroups"] = true },
		"ID token unsigned": func(p *idp) { p.sign = func(string) string { return "eyJhbGciOiJub25lIn0.e30." } },
	} {
		t.Run(name, func(t *testing.T) {
			p, s, b := renewing(t)
			value, session := b.sessionCookie().Value, s.user().Session
			p.clock.pass(5 * time.Minute)
			refuse(p)
			b.wantSignedOut()
			wantCleared(t, s, value)
			if diff := cmp.Diff([]string{p.URL + "#" + subject + " " + session}, s.signedOut()); diff != "" {
				t.Errorf("told of (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSessionWhoseTokensAreLostGoesOnWithoutRenewal(t *testing.T) {
	p := newIDP(t)
	p.refresh = "first refresh token"
	b := newSite(t, p, keepTokens).browser(t)
	b.signIn()
	value := b.sessionCookie().Value
	restarted := newSite(t, p, keepTokens)
	p.clock.pass(5 * time.Minute)
	if a := restarted.browser(t).withSession(value); a.status != http.StatusOK || len(a.cookies) != 1 {
		t.Errorf("status %d, cookies %v; want to be signed in, with a cookie that wants no renewal", a.status, a.cookies)
	}
	if n := p.called("/token"); n != 1 {
		t.Errorf("the token endpoint was called %d times, want for the login only", n)
	}
}

func TestTokensAreStoredOnlyWithKeepTokens(t *testing.T) {
	p := newIDP(t)
	p.refresh = "first refresh token"
	watched := &watchedStore{Store: oidclogin.NewMemoryStore()}
	b := newSite(t, p, func(c *oidclogin.Config) { c.Store = watched }).browser(t)
	b.signIn()
	p.clock.pass(time.Hour)
	b.wantSignedIn()
	if n := p.called("/token"); n != 1 || watched.longest > 200 {
		t.Errorf("token endpoint called %d times, %d bytes in the store", n, watched.longest)
	}
}

func TestTokensInTheStoreAreSealed(t *testing.T) {
	p := newIDP(t)
	p.refresh = "first refresh token"
	watched := &watchedStore{Store: oidclogin.NewMemoryStore()}
	s := newSite(t, p, keepTokens, func(c *oidclogin.Config) { c.Store = watched })
	s.browser(t).signIn()
	if watched.longest < 400 || strings.Contains(watched.all, "refresh token") || strings.Contains(watched.all, "eyJ") {
		t.Errorf("the longest value has %d bytes; want the tokens, and none of them legible", watched.longest)
	}
}
