package oidclogin_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/middleware"
	"github.com/go-pme/pme/middleware/oidclogin"
)

func TestPersonSignsInComesBackAndSignsOut(t *testing.T) {
	p := newIDP(t)
	s := newSite(t, p)
	b := s.browser(t)

	refused := b.open("/page?model=SxQL3iGyoDo")
	if refused.status != http.StatusFound || refused.location != "/auth/login?next=%2Fpage%3Fmodel%3DSxQL3iGyoDo" {
		t.Fatalf("status %d to %q", refused.status, refused.location)
	}
	login := b.open(refused.location)
	callback := b.open(login.location)
	back := b.open(callback.location)
	if back.status != http.StatusSeeOther || back.location != "/page?model=SxQL3iGyoDo" {
		t.Fatalf("callback: status %d to %q, body %q, log\n%s", back.status, back.location, back.body, s.log)
	}
	b.wantSignedIn()
	b.wantSignedIn()
	u := *s.user()
	session := u.Session
	u.Session = ""
	want := identity.User{
		ID: p.URL + "#" + subject, Email: "alice@example.com", EmailVerified: true, Name: "Alice",
		Groups: []string{"facilities", "staff"},
	}
	if diff := cmp.Diff(want, u); diff != "" || session == "" {
		t.Errorf("session %q, user (-want +got):\n%s", session, diff)
	}

	if a := b.logout(); a.status != http.StatusSeeOther || a.location != "/auth/signed-out" {
		t.Errorf("logout: status %d to %q", a.status, a.location)
	}
	b.wantSignedOut()
	if diff := cmp.Diff([]string{p.URL + "#" + subject + " " + session}, s.signedOut()); diff != "" {
		t.Errorf("signed out (-want +got):\n%s", diff)
	}
}

func TestAuthorizationRequestSaysWhatTheHostAsksFor(t *testing.T) {
	p := newIDP(t)
	s := newSite(t, p, func(c *oidclogin.Config) {
		c.Scopes = []string{"offline_access", "openid"}
		c.Prompt, c.MaxAge, c.ACRValues = "login", 3600e9, []string{"mfa", "pwd"}
		c.AuthParams = map[string]string{"hd": "example.com"}
	})
	u, err := url.Parse(s.browser(t).open("/auth/login").location)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	for _, random := range []string{"state", "nonce", "code_challenge"} {
		if len(q.Get(random)) < 32 {
			t.Errorf("%s is %q, want something that cannot be guessed", random, q.Get(random))
		}
		q.Del(random)
	}
	want := url.Values{
		"response_type": {"code"}, "client_id": {clientID}, "redirect_uri": {s.URL + "/auth/callback"},
		"scope": {"openid offline_access"}, "code_challenge_method": {"S256"},
		"prompt": {"login"}, "max_age": {"3600"}, "acr_values": {"mfa pwd"}, "hd": {"example.com"},
	}
	if diff := cmp.Diff(want, q); diff != "" {
		t.Errorf("parameters (-want +got):\n%s", diff)
	}
}

func TestLoginAgainHasTheProviderAskAnew(t *testing.T) {
	s := newSite(t, newIDP(t), func(c *oidclogin.Config) { c.Prompt, c.MaxAge = "select_account", 3600e9 })
	u, err := url.Parse(s.browser(t).open("/auth/login?next=/page&again=1").location)
	if err != nil {
		t.Fatal(err)
	}
	if q := u.Query(); q.Get("prompt") != "login" || q.Get("max_age") != "0" {
		t.Errorf("prompt %q, max_age %q", q["prompt"], q["max_age"])
	}
}

func TestUserHasTheTimeAtWhichTheProviderAsked(t *testing.T) {
	for name, tt := range map[string]struct {
		claim any
		want  time.Time
	}{
		"said":      {1_700_000_000, time.Unix(1_700_000_000, 0)},
		"not said":  {nil, time.Time{}},
		"no number": {"1700000000", time.Time{}},
		"negative":  {-5, time.Time{}},
		"absurd":    {1e300, time.Time{}},
	} {
		p := newIDP(t)
		p.claims = map[string]any{"auth_time": tt.claim}
		s := newSite(t, p)
		s.browser(t).signIn()
		if got := s.user().AuthenticatedAt; !got.Equal(tt.want) {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}

func TestEndpointsAtTheRootLeadBackToPagesBesideThem(t *testing.T) {
	s := newSite(t, newIDP(t), func(c *oidclogin.Config) {
		c.RedirectURL = strings.Replace(c.RedirectURL, "/auth/", "/", 1)
	})
	for back, want := range map[string]string{"/page": "/page", "/login": "/", "/logout?x": "/", "/other/login": "/other/login"} {
		b := s.browser(t)
		callback := b.open(b.open("/login?next=" + url.QueryEscape(back)).location).location
		if a := b.open(callback); a.location != want {
			t.Errorf("%q leads back to %q, want %q", back, a.location, want)
		}
	}
}

func TestLoginServesItsFiveEndpointsOnly(t *testing.T) {
	s := newSite(t, newIDP(t))
	stripped := http.StripPrefix("/auth", s.login)
	for path, want := range map[string]int{
		"/auth/login": http.StatusFound, "/auth/signed-out": http.StatusOK, "/auth/callback": http.StatusBadRequest, "/auth/logout": http.StatusMethodNotAllowed,
		"/auth/backchannel-logout": http.StatusMethodNotAllowed, "/auth/": http.StatusNotFound, "/auth/login/x": http.StatusNotFound,
	} {
		for name, h := range map[string]http.Handler{"whole": s.login, "stripped": stripped} {
			if w := record(h, path); w.Code != want {
				t.Errorf("%s, %s: status %d, want %d", path, name, w.Code, want)
			}
		}
	}
	for path, method := range map[string]string{"/auth/login": "POST", "/auth/callback": "POST", "/auth/logout": "GET", "/auth/signed-out": "POST", "/auth/backchannel-logout": "PUT"} {
		w := httptest.NewRecorder()
		s.login.ServeHTTP(w, httptest.NewRequest(method, path, nil))
		if allow := w.Header().Get("Allow"); w.Code != http.StatusMethodNotAllowed || allow == "" {
			t.Errorf("%s %s: status %d, Allow %q; want 405", method, path, w.Code, allow)
		}
	}
}

// Monitors, link checkers and previews send HEAD, and follow redirects with it.
func TestHEADLooksAndChangesNothing(t *testing.T) {
	p := newIDP(t)
	s := newSite(t, p)
	b := s.browser(t)
	look := func(address string, status int) answer {
		t.Helper()
		a := b.do(navigation(b.request(http.MethodHead, address, nil)))
		if a.status != status || a.body != "" || len(a.cookies) != 0 {
			t.Errorf("HEAD %s: status %d, body %q, cookies %v; want %d and nothing else", address, a.status, a.body, a.cookies, status)
		}
		return a
	}
	login := look("/page", http.StatusFound).location
	authorize := look(login, http.StatusFound).location
	if get := b.open(login); get.location[:strings.Index(get.location, "?")] != authorize[:strings.Index(authorize, "?")] {
		t.Errorf("HEAD leads to %s, GET to %s", authorize, get.location)
	}
	log := s.log.String()
	look(look(authorize, http.StatusFound).location, http.StatusBadRequest)
	look("/auth/callback", http.StatusBadRequest)
	if strings.Contains(s.log.String()[len(log):], "login refused") {
		t.Errorf("HEAD is a refused login: %s", s.log)
	}

	callback := b.toCallback("/page")
	redeemed := p.called("/token")
	for range 3 {
		look(callback, http.StatusOK)
	}
	if p.called("/token") != redeemed {
		t.Error("HEAD has a code redeemed")
	}
	b.wantSignedOut()
	if a := b.open(callback); a.status != http.StatusSeeOther || a.location != "/page" {
		t.Errorf("status %d to %q after HEAD, want to be signed in", a.status, a.location)
	}
	look("/page", http.StatusOK)
	if a := look(callback, http.StatusSeeOther); a.location != "/page" {
		t.Errorf("to %q", a.location)
	}
	look("/auth/logout", http.StatusMethodNotAllowed)
	look("/auth/backchannel-logout", http.StatusMethodNotAllowed)
	b.wantSignedIn()
}

func TestHEADSaysWhetherALoginCanBegin(t *testing.T) {
	p := newIDP(t)
	p.down = func(w http.ResponseWriter, _ *http.Request) bool { w.WriteHeader(http.StatusBadGateway); return true }
	b := newSite(t, p).browser(t)
	if a := b.do(navigation(b.request(http.MethodHead, "/auth/login", nil))); a.status != http.StatusServiceUnavailable {
		t.Errorf("status %d, want 503", a.status)
	}
}

// What other packages look for in a gate.
func TestLoginIsAGate(t *testing.T) {
	s := newSite(t, newIDP(t))
	gate, err := middleware.First(s.login.Gate)
	if err != nil {
		t.Fatal(err)
	}
	b := s.browser(t)
	b.signIn()
	r := request("pme-session=" + b.sessionCookie().Value)
	if w, user := visit(gate, r); user != s.idp.URL+"#"+subject {
		t.Errorf("let through %q with status %d", user, w.Code)
	}
	var told []string
	gate.OnSignOut(func(context.Context, string, string) { panic("one that panics keeps no other from being told") })
	gate.OnSignOut(func(_ context.Context, user, _ string) { told = append(told, user) })
	if err := s.login.EndSessions(t.Context(), s.idp.URL+"#"+subject); err != nil || len(told) != 1 {
		t.Errorf("told of %q, %v; want one sign-out", told, err)
	}
	if w, user := visit(gate, r); user != "" || w.Code != http.StatusUnauthorized || len(w.Result().Cookies()) != 1 {
		t.Errorf("let through %q with status %d, want 401 and the cookie cleared", user, w.Code)
	}
}

var (
	_ middleware.Invalidator     = (*oidclogin.Login)(nil)
	_ middleware.SignOutNotifier = (*oidclogin.Login)(nil)
	_ middleware.SessionRevoker  = (*oidclogin.Login)(nil)
	_ http.Handler               = (*oidclogin.Login)(nil)
	_ io.Closer                  = (*oidclogin.Login)(nil)
)
