package oidclogin_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/middleware"
	"github.com/go-pme/pme/middleware/oidclogin"
	"github.com/go-pme/pme/middleware/oidclogin/store"
)

func (s *site) endSessions(t *testing.T) {
	t.Helper()
	if err := s.login.EndSessions(t.Context(), s.idp.URL+"#"+subject); err != nil {
		t.Fatal(err)
	}
}

func TestUserSignsInAtOnceAfterEndSessions(t *testing.T) {
	s := newSite(t, newIDP(t))
	b, another := s.browser(t), s.browser(t)
	b.signIn()
	s.endSessions(t)
	b.wantSignedOut()
	another.signIn()
	s.endSessions(t)
	another.wantSignedOut()
	b.signIn()
}

// The provider's clock is ahead, and that of the replica on which the user is locked out is behind.
func TestEndSessionsComparesNoClocks(t *testing.T) {
	p := newIDP(t)
	s := newSite(t, p)
	p.claims["iat"] = p.clock.Now().Unix() + 30
	b := s.browser(t)
	b.signIn()
	p.clock.pass(-2 * time.Minute)
	s.endSessions(t)
	b.wantSignedOut()
}

func TestEndSessionsReachesALoginThatIsComingBack(t *testing.T) {
	p := newIDP(t)
	s := newSite(t, p)
	b := s.browser(t)
	callback := b.toCallback("/page")
	lockedOut := false
	p.down = func(_ http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == "/token" && !lockedOut {
			lockedOut = true
			p.claims["iat"] = p.clock.Now().Unix() + 5 // as late as can be
			s.endSessions(t)
		}
		return false
	}
	wantRefused(b, b.open(callback), http.StatusForbidden)
	b.wantSignedOut()
	b.signIn() // one that begins later
}

// Another process with a store of its own, or the same one after a restart.
func TestSessionOfAnotherStoreIsOlderThanEveryEndSessions(t *testing.T) {
	p := newIDP(t)
	before, after := newSite(t, p), newSite(t, p)
	b := before.browser(t)
	b.signIn()
	value := b.sessionCookie().Value
	if a := after.browser(t).withSession(value); a.status != http.StatusOK {
		t.Errorf("status %d, want 200: nobody was locked out", a.status)
	}
	after.endSessions(t)
	wantCleared(t, after, value)
	after.browser(t).signIn()
}

func TestRenewedSessionKeepsItsPosition(t *testing.T) {
	p := newIDP(t)
	p.refresh = "a refresh token"
	s := newSite(t, p, func(c *oidclogin.Config) { c.KeepTokens = true })
	s.endSessions(t)
	b := s.browser(t)
	b.signIn()
	p.clock.pass(10 * time.Minute)
	b.wantSignedIn()
	if n := p.called("/token"); n != 2 {
		t.Fatalf("%d calls of the token endpoint, want a renewal", n)
	}
	b.wantSignedIn()
	s.endSessions(t)
	b.wantSignedOut()
}

// longStore returns positions that would fill the cookie.
type longStore struct{ store.Store }

func (longStore) Position(context.Context) (string, error) { return strings.Repeat("x", 101), nil }

func TestStoreWithOverlongPositionsRefusesSignIns(t *testing.T) {
	s := newSite(t, newIDP(t), func(c *oidclogin.Config) { c.Store = longStore{oidclogin.NewMemoryStore()} })
	b := s.browser(t)
	if a := b.open(b.toCallback("/page")); a.status != http.StatusServiceUnavailable {
		t.Errorf("status %d, want 503", a.status)
	}
	b.wantSignedOut()
}

func TestRevokeSessionsEndsOneOrAll(t *testing.T) {
	p := newIDP(t)
	s := newSite(t, p)
	desk, phone, bob, stranger := s.browser(t), s.browser(t), s.browser(t), s.browser(t)
	sessionOf := func(b *browser) *identity.User {
		b.signIn()
		return s.user()
	}
	atDesk := sessionOf(desk)
	phone.signIn()
	desk.copyTo(stranger)
	p.claims["sub"] = "bob"
	ofBob := sessionOf(bob)
	gate, err := middleware.First(s.login.Gate)
	if err != nil {
		t.Fatal(err)
	}
	revoke := func(userID, session string) {
		t.Helper()
		if err := gate.RevokeSessions(t.Context(), userID, session); err != nil {
			t.Error(err)
		}
	}
	revoke(atDesk.ID, ofBob.Session)
	revoke(atDesk.ID, "no such session")
	bob.wantSignedIn()
	revoke(atDesk.ID, atDesk.Session)
	desk.wantSignedOut()
	stranger.wantSignedOut()
	phone.wantSignedIn()
	revoke(atDesk.ID, "")
	phone.wantSignedOut()
	bob.wantSignedIn()
	delete(p.claims, "sub")
	desk.signIn()
	if told := s.signedOut(); len(told) != 0 {
		t.Errorf("told of %q, want of none: the caller knows", told)
	}
	if err := gate.RevokeSessions(t.Context(), "", ""); err == nil {
		t.Error("no error for a user without an ID")
	}
}
