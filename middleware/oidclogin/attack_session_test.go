package oidclogin_test

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-pme/pme/middleware/oidclogin"
	"github.com/go-pme/pme/middleware/oidclogin/store"
	"github.com/go-pme/pme/middleware/revocation"
)

// withSession is a script's request with that session cookie.
func (b *browser) withSession(value string) answer {
	b.t.Helper()
	r := b.request(http.MethodGet, "/page", nil)
	r.AddCookie(&http.Cookie{Name: "pme-session", Value: value})
	return b.do(r)
}

// wantCleared fails unless the cookie value is refused and the browser is told to drop it.
func wantCleared(t *testing.T, s *site, value string) {
	t.Helper()
	a := s.browser(t).withSession(value)
	if a.status != http.StatusUnauthorized {
		t.Errorf("%.40q: status %d, want 401", value, a.status)
	}
	if len(a.cookies) != 1 || a.cookies[0].Name != "pme-session" || a.cookies[0].MaxAge >= 0 {
		t.Errorf("%.40q: cookies %v, want the session cleared", value, a.cookies)
	}
}

func TestChangedSessionCookieIsRefused(t *testing.T) {
	s := newSite(t, newIDP(t))
	b := s.browser(t)
	b.signIn()
	value := b.sessionCookie().Value
	for i := 0; i < len(value); i += 7 {
		letter := "A"
		if value[i] == 'A' {
			letter = "B"
		}
		wantCleared(t, s, value[:i]+letter+value[i+1:])
		wantCleared(t, s, value[:i])
	}
	for _, suffix := range []string{"A", "=", value, strings.Repeat("A", 5000)} {
		wantCleared(t, s, value+suffix)
	}
	b.wantSignedIn()
}

func TestMalformedSessionIsUnauthenticated(t *testing.T) {
	s := newSite(t, newIDP(t))
	for _, value := range []string{
		"", "x", "null", "{}", "MTc2Mzcx", strings.Repeat("A", 3800), strings.Repeat("A", 10000), "%00", "a|b|c",
		base64.URLEncoding.EncodeToString([]byte("1|2|3")), base64.URLEncoding.EncodeToString([]byte("|||")),
	} {
		wantCleared(t, s, value)
	}
	for what, payload := range s.login.Malformed(t) {
		if a := s.browser(t).withSession(payload); a.status != http.StatusUnauthorized {
			t.Errorf("%s: status %d, want 401", what, a.status)
		}
	}
}

func TestCookiesCannotStandInForEachOther(t *testing.T) {
	p := newIDP(t)
	s := newSite(t, p)
	b := s.browser(t)
	first, second := b.toCallback("/page"), b.toCallback("/page")
	attempts := b.cookies()
	if len(attempts) != 2 {
		t.Fatalf("cookies %v, want those of two attempts", attempts)
	}
	wantCleared(t, s, attempts[0].Value)

	swapped := s.browser(t)
	u, _ := url.Parse(s.URL)
	attempts[0].Value, attempts[1].Value = attempts[1].Value, attempts[0].Value
	swapped.Jar.SetCookies(u, attempts)
	wantRefused(swapped, swapped.open(first), http.StatusBadRequest)
	wantRefused(swapped, swapped.open(second), http.StatusBadRequest)

	signedIn := s.browser(t)
	signedIn.signIn()
	session := signedIn.sessionCookie()
	session.Name = attempts[0].Name
	forged := s.browser(t)
	forged.Jar.SetCookies(u, []*http.Cookie{session})
	wantRefused(forged, forged.open(first), http.StatusBadRequest)
}

func TestSessionOfAnotherProviderClientOrKeyIsRefused(t *testing.T) {
	p, other := newIDP(t), newIDP(t)
	s := newSite(t, p)
	b := s.browser(t)
	b.signIn()
	for name, elsewhere := range map[string]*site{
		"provider":   newSite(t, other),
		"client":     newSite(t, p, func(c *oidclogin.Config) { c.ClientID = "another" }),
		"hash key":   newSite(t, p, func(c *oidclogin.Config) { c.CookieKeys = [][]byte{[]byte(strings.Repeat("k", 32)), blockKey} }),
		"cipher key": newSite(t, p, func(c *oidclogin.Config) { c.CookieKeys = [][]byte{hashKey, []byte(strings.Repeat("k", 32))} }),
	} {
		if a := elsewhere.browser(t).withSession(b.sessionCookie().Value); a.status != http.StatusUnauthorized {
			t.Errorf("another %s: status %d, want 401", name, a.status)
		}
	}
}

func TestSessionIsNewAtEachLogin(t *testing.T) {
	p := newIDP(t)
	s := newSite(t, p)
	attacker, victim := s.browser(t), s.browser(t)
	p.claims["sub"] = "mallory"
	attacker.signIn()
	planted := s.user().Session
	attacker.copyTo(victim) // fixation: the victim's browser begins with the attacker's session
	p.claims["sub"] = subject
	victim.signIn()
	if u := s.user(); u.Session == planted || u.ID != p.URL+"#"+subject {
		t.Errorf("session %q of %q, want a new one", u.Session, u.ID)
	}
	attacker.wantSignedOut()
	if told := s.signedOut(); len(told) != 1 || !strings.HasPrefix(told[0], p.URL+"#mallory ") {
		t.Errorf("told of %q, want the session that was replaced", told)
	}
	before := s.user().Session
	victim.signIn()
	if s.user().Session == before {
		t.Error("the session outlived a login")
	}
}

// GHSA-f24x-5g9q-753f (CVE-2026-34454): a session that outlived its logout.
func TestCopiedCookieIsDeadAfterLogout(t *testing.T) {
	s := newSite(t, newIDP(t))
	b, thief, other := s.browser(t), s.browser(t), s.browser(t)
	b.signIn()
	other.signIn()
	b.copyTo(thief)
	thief.wantSignedIn() // and is remembered
	if a := b.logout(); a.status != http.StatusSeeOther || len(a.cookies) != 1 || a.cookies[0].MaxAge >= 0 {
		t.Errorf("status %d, cookies %v; want the session cleared", a.status, a.cookies)
	}
	b.wantSignedOut()
	wantCleared(t, s, thief.sessionCookie().Value)
	other.wantSignedIn()
}

func TestLogoutIsAskedForFromThisSiteOnly(t *testing.T) {
	s := newSite(t, newIDP(t))
	b := s.browser(t)
	b.signIn()
	for name, header := range map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"} {
		r := b.request(http.MethodPost, "/auth/logout", url.Values{})
		r.Header.Set(name, header)
		if a := b.do(r); a.status != http.StatusForbidden {
			t.Errorf("%s: status %d, want 403", name, a.status)
		}
	}
	if a := b.open("/auth/logout"); a.status != http.StatusMethodNotAllowed {
		t.Errorf("GET: status %d, want 405", a.status)
	}
	b.wantSignedIn()
}

// brokenStore fails while broken is set.
type brokenStore struct {
	store.Store
	broken atomic.Bool
}

var errStore = errors.New("store is down")

func (b *brokenStore) err() error {
	if b.broken.Load() {
		return errStore
	}
	return nil
}

func (b *brokenStore) Position(ctx context.Context) (string, error) {
	if err := b.err(); err != nil {
		return "", err
	}
	return b.Store.Position(ctx)
}

func (b *brokenStore) Revoke(ctx context.Context, name string, ttl time.Duration) error {
	if err := b.err(); err != nil {
		return err
	}
	return b.Store.Revoke(ctx, name, ttl)
}

func (b *brokenStore) RevokeIssued(ctx context.Context, name string, until time.Time, ttl time.Duration) error {
	if err := b.err(); err != nil {
		return err
	}
	return b.Store.RevokeIssued(ctx, name, until, ttl)
}

func (b *brokenStore) Revoked(ctx context.Context, s revocation.Session) (bool, error) {
	if err := b.err(); err != nil {
		return false, err
	}
	return b.Store.Revoked(ctx, s)
}

func (b *brokenStore) Once(ctx context.Context, name string, ttl time.Duration) (bool, error) {
	if err := b.err(); err != nil {
		return true, err
	}
	return b.Store.Once(ctx, name, ttl)
}

func (b *brokenStore) Save(ctx context.Context, name string, value []byte, ttl time.Duration) error {
	if err := b.err(); err != nil {
		return err
	}
	return b.Store.Save(ctx, name, value, ttl)
}

func (b *brokenStore) Load(ctx context.Context, name string) ([]byte, error) {
	if err := b.err(); err != nil {
		return nil, err
	}
	return b.Store.Load(ctx, name)
}

func TestStoreErrorLetsNoRequestThrough(t *testing.T) {
	down := &brokenStore{Store: oidclogin.NewMemoryStore()}
	p := newIDP(t)
	s := newSite(t, p, func(c *oidclogin.Config) { c.Store = down })
	b, fresh := s.browser(t), s.browser(t)
	b.signIn()
	callback := fresh.toCallback("/page")
	down.broken.Store(true)
	if a := b.fetch("/page"); a.status != http.StatusServiceUnavailable || len(a.cookies) != 0 {
		t.Errorf("page: status %d, cookies %v; want 503 and the session kept", a.status, a.cookies)
	}
	if a := b.logout(); a.status != http.StatusServiceUnavailable {
		t.Errorf("logout: status %d, want 503", a.status)
	}
	if a := fresh.open(callback); a.status != http.StatusServiceUnavailable {
		t.Errorf("callback: status %d, want 503", a.status)
	}
	if a := s.backChannel(t, p.logoutToken(nil)); a.status != http.StatusServiceUnavailable {
		t.Errorf("back-channel logout: status %d, want 503", a.status)
	}
	if err := s.login.EndSessions(t.Context(), p.URL+"#"+subject); !errors.Is(err, errStore) {
		t.Errorf("EndSessions: %v, want the store's error", err)
	}
	down.broken.Store(false)
	b.wantSignedIn()
	if told := s.signedOut(); len(told) != 0 {
		t.Errorf("told of %q, want of none", told)
	}
}
