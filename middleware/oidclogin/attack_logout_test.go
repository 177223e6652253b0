package oidclogin_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/coreos/go-oidc/v3/oidc/oidctest"
	"github.com/google/go-cmp/cmp"
)

const logoutEvent = "http://schemas.openid.net/event/backchannel-logout"

func wantLogoutToken(t *testing.T, a answer, status int) {
	t.Helper()
	if a.status != status || a.header.Get("Cache-Control") != "no-store" {
		t.Errorf("status %d, Cache-Control %q; want %d, no-store", a.status, a.header.Get("Cache-Control"), status)
	}
}

func TestInvalidLogoutTokenEndsNothing(t *testing.T) {
	p := newIDP(t)
	p.claims["sid"] = "provider session 1"
	s := newSite(t, p)
	b := s.browser(t)
	b.signIn()
	now := p.clock.Now().Unix()
	for name, altered := range map[string]map[string]any{
		"nonce":                   {"nonce": "n"},
		"empty nonce":             {"nonce": ""},
		"no events":               {"events": nil},
		"other events":            {"events": map[string]any{"https://evil.example/event": map[string]any{}}},
		"event that is null":      {"events": map[string]any{logoutEvent: nil}},
		"event that is a text":    {"events": map[string]any{logoutEvent: "yes"}},
		"event that is a list":    {"events": map[string]any{logoutEvent: []string{}}},
		"events that are a list":  {"events": []string{logoutEvent}},
		"neither sub nor sid":     {"sub": nil},
		"no jti":                  {"jti": nil},
		"no iat":                  {"iat": nil},
		"no exp":                  {"exp": nil},
		"expired":                 {"exp": now - 31},
		"old":                     {"iat": now - 331, "exp": now + 3600},
		"from the future":         {"iat": now + 31},
		"audience of another":     {"aud": "another"},
		"issuer another":          {"iss": "https://evil.example"},
		"an ID token":             {"events": nil, "jti": nil, "nonce": "n"},
		"an ID token with events": {"nonce": "n", "email": "alice@example.com"},
	} {
		t.Run(name, func(t *testing.T) {
			wantLogoutToken(t, s.backChannel(t, p.logoutToken(altered)), http.StatusBadRequest)
		})
	}
	other := newIDP(t)
	foreign := oidctest.SignIDToken(other.key, "key-1", oidc.ES256, `{"iss":"`+p.URL+`","aud":"`+clientID+`","sub":"`+subject+`"}`)
	for name, token := range map[string]string{"another key": foreign, "nothing": "", "no token": "x", "too long": strings.Repeat("x", 70<<10)} {
		t.Run(name, func(t *testing.T) { wantLogoutToken(t, s.backChannel(t, token), http.StatusBadRequest) })
	}
	inQuery := s.browser(t)
	a := inQuery.do(inQuery.request(http.MethodPost, "/auth/backchannel-logout?logout_token="+p.logoutToken(nil), url.Values{}))
	wantLogoutToken(t, a, http.StatusBadRequest)
	if a := inQuery.open("/auth/backchannel-logout"); a.status != http.StatusMethodNotAllowed {
		t.Errorf("GET: status %d, want 405", a.status)
	}
	b.wantSignedIn()
	if told := s.signedOut(); len(told) != 0 {
		t.Errorf("told of %q, want of none", told)
	}
}

func TestLogoutTokenWorksOnce(t *testing.T) {
	p := newIDP(t)
	s := newSite(t, p)
	b := s.browser(t)
	b.signIn()
	token := p.logoutToken(nil)
	wantLogoutToken(t, s.backChannel(t, token), http.StatusOK)
	b.wantSignedOut()
	p.clock.pass(2 * time.Second)
	b.signIn()
	wantLogoutToken(t, s.backChannel(t, token), http.StatusBadRequest)
	b.wantSignedIn()
	if diff := cmp.Diff([]string{p.URL + "#" + subject + " "}, s.signedOut()); diff != "" {
		t.Errorf("told of (-want +got):\n%s", diff)
	}
}

func TestLogoutBySIDSparesTheOtherBrowser(t *testing.T) {
	for name, altered := range map[string]map[string]any{
		"sid and sub": {"sid": "desk"},
		"sid alone":   {"sid": "desk", "sub": nil},
	} {
		t.Run(name, func(t *testing.T) {
			p := newIDP(t)
			s := newSite(t, p)
			desk, phone := s.browser(t), s.browser(t)
			p.claims["sid"] = "desk"
			desk.signIn()
			session := s.user().Session
			p.claims["sid"] = "phone"
			phone.signIn()
			wantLogoutToken(t, s.backChannel(t, p.logoutToken(altered)), http.StatusOK)
			desk.wantSignedOut()
			phone.wantSignedIn()
			if diff := cmp.Diff([]string{p.URL + "#" + subject + " " + session}, s.signedOut()); diff != "" {
				t.Errorf("told of (-want +got):\n%s", diff)
			}
		})
	}
}

func TestLogoutBySubEndsAllThatBeganBefore(t *testing.T) {
	p := newIDP(t)
	s := newSite(t, p)
	desk, phone, bob, underway := s.browser(t), s.browser(t), s.browser(t), s.browser(t)
	desk.signIn()
	phone.signIn()
	p.claims["sub"] = "bob"
	bob.signIn()
	delete(p.claims, "sub")
	p.clock.pass(time.Second)
	p.claims["iat"] = p.clock.Now().Unix() - 1 // issued before, and on its way here
	callback := underway.toCallback("/page")
	wantLogoutToken(t, s.backChannel(t, p.logoutToken(nil)), http.StatusOK)
	desk.wantSignedOut()
	phone.wantSignedOut()
	bob.wantSignedIn()
	wantRefused(underway, underway.open(callback), http.StatusForbidden)
	delete(p.claims, "iat")
	p.clock.pass(time.Second)
	desk.signIn()
}

// A provider that names a session in the logout token which it has not named in the ID token.
func TestLogoutByUnknownSIDEndsAllOfThePerson(t *testing.T) {
	p := newIDP(t)
	s := newSite(t, p)
	b := s.browser(t)
	b.signIn()
	wantLogoutToken(t, s.backChannel(t, p.logoutToken(map[string]any{"sid": "unknown"})), http.StatusOK)
	b.wantSignedOut()
}

func TestEndedSIDTakesNoNewSession(t *testing.T) {
	p := newIDP(t)
	p.claims["sid"] = "desk"
	s := newSite(t, p)
	b := s.browser(t)
	callback := b.toCallback("/page")
	wantLogoutToken(t, s.backChannel(t, p.logoutToken(map[string]any{"sid": "desk"})), http.StatusOK)
	wantRefused(b, b.open(callback), http.StatusForbidden)
}

// A logout token that was on its way for a while is about older sessions than EndSessions was.
func TestLateLogoutTokenRevivesNoSession(t *testing.T) {
	p := newIDP(t)
	s := newSite(t, p)
	b := s.browser(t)
	late := p.logoutToken(nil)
	p.clock.pass(time.Minute)
	b.signIn()
	if err := s.login.EndSessions(t.Context(), p.URL+"#"+subject); err != nil {
		t.Fatal(err)
	}
	wantLogoutToken(t, s.backChannel(t, late), http.StatusOK)
	b.wantSignedOut()
}

// What costs much to read is not read: everybody can send it.
func TestOverlongLogoutTokenIsRefusedUnread(t *testing.T) {
	p := newIDP(t)
	s := newSite(t, p)
	b := s.browser(t)
	b.signIn()
	fetches := p.called("/keys")
	for name, token := range map[string]string{
		"good but long": p.logoutToken(map[string]any{"padding": strings.Repeat("x", 7000)}),
		"longer":        p.logoutToken(map[string]any{"padding": strings.Repeat("x", 100_000)}),
		"many dots":     strings.Repeat(".", 60<<10),
	} {
		t.Run(name, func(t *testing.T) { wantLogoutToken(t, s.backChannel(t, token), http.StatusBadRequest) })
	}
	chunked := b.request(http.MethodPost, "/auth/backchannel-logout", url.Values{"logout_token": {strings.Repeat("x", 100_000)}})
	chunked.ContentLength = -1
	wantLogoutToken(t, b.do(chunked), http.StatusBadRequest)
	b.wantSignedIn()
	if n := p.called("/keys"); n != fetches {
		t.Errorf("%d fetches of the keys, want none", n-fetches)
	}
	wantLogoutToken(t, s.backChannel(t, p.logoutToken(map[string]any{"padding": strings.Repeat("x", 5000)})), http.StatusOK)
	b.wantSignedOut()
}

// A flood of forgeries ends no session, and does not keep the provider from ending one.
func TestForgedLogoutTokensDoNotFloodTheLog(t *testing.T) {
	p, other := newIDP(t), newIDP(t)
	s := newSite(t, p)
	b := s.browser(t)
	b.signIn()
	claims := `{"iss":"` + p.URL + `","aud":"` + clientID + `","sub":"` + subject + `","iat":` + strconv.FormatInt(p.clock.Now().Unix(), 10) +
		`,"exp":` + strconv.FormatInt(p.clock.Now().Unix()+60, 10) + `,"jti":"1","events":{"` + logoutEvent + `":{}}}`
	for i := range 20 {
		for kid, want := range map[string]int{
			"key-1": http.StatusBadRequest, "": http.StatusBadRequest,
			"unknown": http.StatusServiceUnavailable, strconv.Itoa(i): http.StatusServiceUnavailable, // perhaps a new key
		} {
			wantLogoutToken(t, s.backChannel(t, oidctest.SignIDToken(other.key, kid, oidc.ES256, claims)), want)
		}
	}
	if n := p.called("/keys"); n > 2 {
		t.Errorf("%d fetches of the keys at one time, want 2 at most", n)
	}
	b.wantSignedIn()
	wantLogoutToken(t, s.backChannel(t, p.logoutToken(nil)), http.StatusOK)
	b.wantSignedOut()
}
