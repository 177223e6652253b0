package oidclogin_test

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"github.com/go-pme/pme/middleware"
	"github.com/go-pme/pme/middleware/oidclogin"
)

// stripped takes the prefix off an address, as the proxy in front of the site does.
func stripped(address string) string { return strings.Replace(address, "/apps/portal", "", 1) }

// newStrippedSite is a site of which a proxy takes /apps/portal off. Only RedirectURL says so.
func newStrippedSite(t *testing.T, change ...func(*oidclogin.Config)) *site {
	t.Helper()
	return newSite(t, newIDP(t), append([]func(*oidclogin.Config){func(c *oidclogin.Config) {
		c.RedirectURL = strings.Replace(c.RedirectURL, "/auth/", "/apps/portal/auth/", 1)
	}}, change...)...)
}

func TestLoginComesBackUnderThePrefixOfRedirectURL(t *testing.T) {
	for next, want := range map[string]string{
		"/page?a=b":            "/apps/portal/page?a=b", // as the gate has it
		"/apps/portal/page":    "/apps/portal/page",     // as a page's link has it
		"/apps/portal":         "/apps/portal",
		"/apps/portalia":       "/apps/portal/apps/portalia",
		"/":                    "/apps/portal/",
		"":                     "/apps/portal/",
		"//evil.example.com":   "/apps/portal/",
		"https://evil.example": "/apps/portal/",
		`/\evil.example.com`:   "/apps/portal/",
		"/auth/login":          "/apps/portal/", // its own endpoints, from outside and from inside
		"/apps/portal/auth/login?next=/apps/portal/auth/login": "/apps/portal/",
		"/auth/logout": "/apps/portal/",
	} {
		s := newStrippedSite(t)
		b := s.browser(t)
		a := b.open(stripped(b.toCallback(next)))
		if a.status != http.StatusSeeOther || a.location != want {
			t.Errorf("next=%s: status %d to %q, want %q", next, a.status, a.location, want)
		}
		b.wantSignedIn()
	}
}

func TestGateAndLoginTogetherKeepThePrefix(t *testing.T) {
	s := newStrippedSite(t)
	b := s.browser(t)
	to := b.open("/page?a=b").location
	if to != "/apps/portal/auth/login?next=%2Fpage%3Fa%3Db" {
		t.Error(to)
	}
	if a := b.open(stripped(b.open(b.open(stripped(to)).location).location)); a.location != "/apps/portal/page?a=b" {
		t.Errorf("status %d to %q", a.status, a.location)
	}
	if a := b.logout(); a.status != http.StatusSeeOther || !strings.HasPrefix(a.location, s.idp.URL) && a.location != "/apps/portal/auth/signed-out" {
		t.Errorf("status %d to %q", a.status, a.location)
	}
}

func TestSignOutEndsUnderThePrefix(t *testing.T) {
	for address, want := range map[string]string{
		"": "/apps/portal/auth/signed-out", "/bye": "/apps/portal/bye", "/apps/portal/bye": "/apps/portal/bye", "https://www.example.com/": "https://www.example.com/",
	} {
		s := newStrippedSite(t, func(c *oidclogin.Config) { c.PostLogoutURL = address })
		if a := s.browser(t).logout(); a.status != http.StatusSeeOther || a.location != want { // signed out already
			t.Errorf("%q: status %d to %q, want %q", address, a.status, a.location, want)
		}
	}
}

// What the host says of its proxy is exact, also where a path begins with the prefix twice.
func TestLoginBehindAProxyThatIsConfigured(t *testing.T) {
	for _, tc := range []struct{ base, redirect, page, want string }{
		{"https://intranet.example.com/apps/portal", "https://intranet.example.com/apps/portal/auth/callback", "/page", "/apps/portal/page"},
		{"https://intranet.example.com/page", "https://intranet.example.com/page/auth/callback", "/page", "/page/page"},
		{"https://intranet.example.com", "https://intranet.example.com/apps/portal/auth/callback", "/page", "/page"},
	} {
		s := newSite(t, newIDP(t), func(c *oidclogin.Config) { c.RedirectURL = tc.redirect })
		proxied, err := middleware.BehindProxy(middleware.ProxyConfig{BaseURL: tc.base})
		if err != nil {
			t.Fatal(err)
		}
		app := proxied(s.Config.Handler)
		to := record(app, tc.page).Header().Get("Location")
		login, err := url.Parse(to)
		if err != nil || login.Query().Get("next") != tc.want || login.Path != strings.TrimPrefix(strings.Replace(tc.redirect, "callback", "login", 1), "https://intranet.example.com") {
			t.Errorf("%+v: to %s", tc, to)
		}
		begun := record(app, "/auth/login?"+login.RawQuery)
		callback := s.browser(t).open(begun.Header().Get("Location")).location
		r := navigation(httptest.NewRequest(http.MethodGet, "/auth/callback?"+callback[strings.Index(callback, "?")+1:], nil))
		for _, c := range begun.Result().Cookies() {
			r.AddCookie(c)
		}
		w := httptest.NewRecorder()
		app.ServeHTTP(w, r)
		if w.Code != http.StatusSeeOther || w.Header().Get("Location") != tc.want {
			t.Errorf("%+v: %d back to %s\n%s", tc, w.Code, w.Header().Get("Location"), s.log)
		}
	}
}

// An old browser sends Origin alone, and the proxy has rewritten Host. RedirectURL says which origin is this site's.
func TestSignOutBehindAProxyThatRewritesHost(t *testing.T) {
	s := newSite(t, newIDP(t), func(c *oidclogin.Config) { c.RedirectURL = "https://intranet.example.com/auth/callback" })
	b := s.browser(t)
	for origin, want := range map[string]int{
		"https://intranet.example.com": http.StatusSeeOther, "https://evil.example.com": http.StatusForbidden, "http://intranet.example.com": http.StatusForbidden, "null": http.StatusForbidden,
	} {
		r := b.request(http.MethodPost, "/auth/logout", url.Values{})
		r.Header.Set("Origin", origin)
		r.Host = "backend:8080"
		a := b.do(r)
		if a.status != want {
			t.Errorf("%s: status %d, want %d", origin, a.status, want)
		}
		if want == http.StatusForbidden && (!strings.Contains(a.body, `"cross_origin"`) || !strings.Contains(a.body, "another site")) {
			t.Errorf("%s: %s", origin, a.body)
		}
	}
	r := b.request(http.MethodPost, "/auth/logout", url.Values{})
	r.Header.Set("Origin", "https://evil.example.com")
	r.Header.Set("Accept", "text/html")
	if a := b.do(r); a.status != http.StatusForbidden || !strings.Contains(a.body, "<h1>") || !strings.Contains(a.body, "another site") {
		t.Errorf("a person reads %d %s", a.status, a.body)
	}
	for _, want := range []string{"reason=cross_origin", "https://evil.example.com", "backend:8080", "BaseURL", "level=WARN"} {
		if !strings.Contains(s.log.String(), want) {
			t.Errorf("%s is not in the log:\n%s", want, s.log)
		}
	}
}

// A proxy that names no prefix leaves it to RedirectURL.
func TestProxyThatNamesNoPrefix(t *testing.T) {
	s := newStrippedSite(t, func(c *oidclogin.Config) { c.PostLogoutURL = "/" })
	proxied, err := middleware.BehindProxy(middleware.ProxyConfig{Proxies: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}})
	if err != nil {
		t.Fatal(err)
	}
	for prefix, want := range map[string]string{"": "/apps/portal/", "/rooms": "/rooms/"} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/auth/logout", nil)
		if prefix != "" {
			r.Header.Set("X-Forwarded-Prefix", prefix)
		}
		w := httptest.NewRecorder()
		proxied(s.Config.Handler).ServeHTTP(w, r)
		if got := w.Header().Get("Location"); got != want {
			t.Errorf("%q: signed out at %s, want %s", prefix, got, want)
		}
	}
}

func TestPrefixMayNeedEscaping(t *testing.T) {
	s := newSite(t, newIDP(t), func(c *oidclogin.Config) {
		c.RedirectURL = strings.Replace(c.RedirectURL, "/auth/", "/r%C3%A4ume/auth/", 1)
	})
	for next, want := range map[string]string{
		"/page": "/r%C3%A4ume/page", "/r%C3%A4ume/page": "/r%C3%A4ume/page", "": "/r%C3%A4ume/", "/r%C3%A4ume/auth/login": "/r%C3%A4ume/", "/%61uth/login": "/r%C3%A4ume/",
	} {
		b := s.browser(t)
		if a := b.open(strings.Replace(b.toCallback(next), "/r%C3%A4ume", "", 1)); a.location != want {
			t.Errorf("%q: %d to %q, want %q", next, a.status, a.location, want)
		}
	}
}
