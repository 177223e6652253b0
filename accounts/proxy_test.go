package accounts_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/middleware"
)

// fromProxy asks for a path below the mount point as a proxy does: for a page at the outside address. POST
// sends the form that connects an account.
func fromProxy(t *testing.T, s *site, method, path, base string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	ctx := identity.NewContext(t.Context(), &identity.User{ID: "alice"})
	r := httptest.NewRequestWithContext(ctx, method, "/pme/connect"+path, strings.NewReader(url.Values{"label": {"x"}}.Encode()))
	r.Host = "backend:8080"
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	h := http.StripPrefix("/pme/connect", s.Handler)
	if base != "" {
		behind, err := middleware.BehindProxy(middleware.ProxyConfig{BaseURL: base})
		if err != nil {
			t.Fatal(err)
		}
		h = behind(h)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func redirectTo(address string) func(*siteConfig) {
	return func(c *siteConfig) { c.app.RedirectURL = address }
}

func TestConnectURLHasThePrefix(t *testing.T) {
	for _, tc := range []struct{ callback, base, want string }{
		{"https://intranet.example.com/pme/connect/callback", "", "/pme/connect/"},
		{"https://intranet.example.com/apps/portal/pme/connect/callback", "", "/apps/portal/pme/connect/"},
		{"https://intranet.example.com/apps/portal/pme/connect/callback", "https://intranet.example.com/apps/portal", "/apps/portal/pme/connect/"},
		{"https://intranet.example.com/r%C3%A4ume/pme/connect/callback", "", "/r%C3%A4ume/pme/connect/"},
		{"https://intranet.example.com/x/pme/connect/callback", "https://intranet.example.com/räume", "/r%C3%A4ume/pme/connect/"},
		{"https://intranet.example.com/elsewhere/callback", "", "/pme/connect/"},
		{"https://intranet.example.com/elsewhere/callback", "https://intranet.example.com/apps/portal", "/apps/portal/pme/connect/"},
		{"https://intranet.example.com/apps/portal/pme/connect/callback", "https://intranet.example.com", "/pme/connect/"},
	} {
		s := newSite(t, redirectTo(tc.callback))
		if w := fromProxy(t, s, http.MethodGet, "/token", tc.base); !strings.Contains(w.Body.String(), `"connect_url":"`+tc.want+`"`) {
			t.Errorf("%+v: %s", tc, w.Body)
		}
	}
}

// An old browser sends Origin alone, and the proxy has rewritten Host.
func TestConnectingBehindAProxyThatRewritesHost(t *testing.T) {
	const own, other, evil = "https://intranet.example.com", "https://portal.example.com", "https://evil.example.com"
	s := newSite(t, redirectTo(own+"/pme/connect/callback"))
	for _, tc := range []struct {
		origin, base string
		status       int
	}{
		{own, "", http.StatusSeeOther},                // as the address of the callback says
		{other, "", http.StatusForbidden},             // not said by any
		{other, other + "/apps", http.StatusSeeOther}, // as the host says
		{evil, other + "/apps", http.StatusForbidden},
		{"null", other + "/apps", http.StatusForbidden},
	} {
		if w := fromProxy(t, s, http.MethodPost, "/", tc.base, "Origin", tc.origin, "Accept", "text/html"); w.Code != tc.status {
			t.Errorf("%+v: %d %s", tc, w.Code, w.Body)
		}
		if w := fromProxy(t, s, http.MethodPost, "/", tc.base, "Origin", tc.origin, "Sec-Fetch-Site", "cross-site"); w.Code != http.StatusForbidden {
			t.Errorf("%+v, and the browser says that it is cross-site: %d", tc, w.Code)
		}
	}
}

func TestRefusalOfAnotherSitesPageSaysSo(t *testing.T) {
	s := newSite(t, redirectTo("https://intranet.example.com/pme/connect/callback"))
	page := fromProxy(t, s, http.MethodPost, "/", "", "Origin", "https://evil.example.com", "Accept", "text/html")
	script := fromProxy(t, s, http.MethodPost, "", "", "Origin", "https://evil.example.com", "Accept", "application/json")
	remove := fromProxy(t, s, http.MethodDelete, "", "", "Origin", "https://evil.example.com")
	for _, w := range []*httptest.ResponseRecorder{page, script, remove} {
		if w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), "as if it came from another site") || strings.Contains(w.Body.String(), "access") {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	}
	if n := strings.Count(s.log.String(), `"reason":"cross_origin"`); n != 3 {
		t.Errorf("%d records", n)
	}
	for _, want := range []string{"https://evil.example.com", "backend:8080", "BaseURL", `"user":"alice"`} {
		if !strings.Contains(s.log.String(), want) {
			t.Errorf("%s is not in the log:\n%s", want, s.log)
		}
	}
}
