package oidclogin_test

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-pme/pme/middleware/oidclogin"
)

// degraded are the words of all parts of the login.
func (s *site) degraded(t *testing.T) string {
	t.Helper()
	var words []string
	for _, part := range s.login.HealthParts() {
		if err := part.Check(t.Context()); err != nil {
			words = append(words, part.Name+": "+err.Error())
		}
	}
	return strings.Join(words, "; ")
}

func (s *site) wantDegraded(t *testing.T, what, want string) {
	t.Helper()
	if got := s.degraded(t); got != want {
		t.Errorf("%s: %q, want %q", what, got, want)
	}
}

func TestStoreOfTheLoginIsDegradedAndWellAgain(t *testing.T) {
	down := &brokenStore{Store: oidclogin.NewMemoryStore()}
	s := newSite(t, newIDP(t), func(c *oidclogin.Config) { c.Store = down })
	b := s.browser(t)
	s.wantDegraded(t, "unused", "")
	b.signIn()
	s.wantDegraded(t, "signed in", "")
	down.broken.Store(true)
	b.fetch("/page")
	s.wantDegraded(t, "store", "login: the store of the login fails")
	down.broken.Store(false)
	b.wantSignedIn()
	s.wantDegraded(t, "store again", "")
}

// fault is how the token endpoint fails.
type fault struct {
	status int // 0: it breaks off
	body   string
}

func TestProviderIsDegradedAndWellAgain(t *testing.T) {
	var current atomic.Pointer[fault] // a request that breaks off may still look at it
	p := newIDP(t)
	p.down = func(w http.ResponseWriter, r *http.Request) bool {
		f := current.Load()
		switch {
		case f == nil || r.Method != http.MethodPost:
			return false
		case f.status == 0:
			panic(http.ErrAbortHandler)
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(f.status)
		_, _ = w.Write([]byte(f.body))
		return true
	}
	s := newSite(t, p)
	s.browser(t).signIn()
	for _, step := range []struct {
		fault
		want string
	}{
		{fault{401, `{"error":"invalid_client"}`}, "login: the identity provider refuses the application, an operator has to check its client ID and secret"},
		{fault{503, `maintenance`}, "login: the identity provider answers with errors"},
		{fault{400, `{"error":"invalid_grant"}`}, ""}, // the matter of one user
		{fault{0, ``}, "login: the identity provider does not answer"},
	} {
		b := s.browser(t)
		callback := b.toCallback("/page")
		current.Store(&step.fault)
		b.open(callback)
		s.wantDegraded(t, step.body, step.want)
		current.Store(nil)
		s.browser(t).signIn()
		s.wantDegraded(t, "after "+step.body, "")
	}
}

func TestProviderThatCannotBeLookedUpIsDegraded(t *testing.T) {
	p := newIDP(t)
	p.metadata = map[string]any{"issuer": "https://another.example.com"}
	s := newSite(t, p)
	b := s.browser(t)
	b.open("/auth/login")
	s.wantDegraded(t, "another issuer", "login: the identity provider cannot be looked up")
	p.metadata = nil
	p.clock.pass(time.Minute)
	b.signIn()
	s.wantDegraded(t, "its own issuer", "")
}
