package handler_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/go-pme/pme"
)

const app = "https://app.example.com"

func TestListedOriginsMayReadWithCookies(t *testing.T) {
	p := newPortal(t, func(c *pme.Config) { c.Pages.AllowedOrigins = []string{"https://other.example.com", app} })
	for target, status := range map[string]int{
		"token?modelId=" + office: http.StatusOK, "link?modelId=" + office: http.StatusOK, "models": http.StatusOK, "settings": http.StatusOK,
		"token?modelId=" + showroom: http.StatusForbidden,
	} {
		a := p.get(t, "alice", target, "Origin", app)
		if h := a.Header(); a.Code != status || h.Get("Access-Control-Allow-Origin") != app ||
			h.Get("Access-Control-Allow-Credentials") != "true" || !strings.Contains(h.Get("Access-Control-Expose-Headers"), "Retry-After") {
			t.Errorf("%s: %d %v", target, a.Code, h)
		}
		varies(t, target, a)
	}
	if a := p.get(t, "", "token?modelId="+office, "Origin", app); a.Code != http.StatusUnauthorized || a.Header().Get("Access-Control-Allow-Origin") != app {
		t.Errorf("a page cannot read that nobody is signed in: %d %v", a.Code, a.Header())
	}
}

func TestOtherOriginsReadNothing(t *testing.T) {
	p := newPortal(t, func(c *pme.Config) { c.Pages.AllowedOrigins = []string{app} })
	for _, origin := range []string{
		"https://evil.example.com", "https://app.example.com.evil.org", "http://app.example.com", "https://app.example.com:8443",
		"https://sub.app.example.com", "HTTPS://APP.EXAMPLE.COM", "null", "", "*", app + ", https://evil.example.com",
	} {
		for _, method := range []string{http.MethodGet, http.MethodOptions} {
			a := p.do(t, method, "alice", "token?modelId="+office, "Origin", origin)
			for name := range a.Header() {
				if strings.HasPrefix(name, "Access-Control-") {
					t.Errorf("%s from %q: %v", method, origin, a.Header())
				}
			}
			varies(t, origin, a)
		}
	}
	for _, target := range []string{"", "view/" + office, "signed-in"} {
		if a := p.get(t, "alice", target, "Origin", app); a.Header().Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("the page %q may be read across origins", target)
		}
	}
}

func varies(t *testing.T, what string, a answer) {
	t.Helper()
	if !strings.Contains(strings.Join(a.Header().Values("Vary"), ","), "Origin") {
		t.Errorf("%s: Vary %q", what, a.Header().Values("Vary"))
	}
}

func TestPreflightNeedsNoSignIn(t *testing.T) {
	p := newPortal(t, func(c *pme.Config) { c.Pages.AllowedOrigins = []string{app} })
	a := p.do(t, http.MethodOptions, "", "token?modelId="+office, "Origin", app,
		"Access-Control-Request-Method", "GET", "Access-Control-Request-Headers", "authorization")
	if h := a.Header(); a.Code != http.StatusNoContent || h.Get("Access-Control-Allow-Methods") != "GET" ||
		!strings.Contains(h.Get("Access-Control-Allow-Headers"), "Authorization") || a.Body.Len() > 0 {
		t.Errorf("%d %v %s", a.Code, a.Header(), a.Body)
	}
	if n := len(p.matterport.LiveTokens()); n != 0 {
		t.Errorf("%d tokens minted for a preflight", n)
	}
}

func TestWithoutOriginsNothingIsSaidOfThem(t *testing.T) {
	p := newPortal(t, nil)
	a := p.get(t, "alice", "token?modelId="+office, "Origin", app)
	if a.Header().Get("Access-Control-Allow-Origin") != "" || a.Header().Get("Vary") != "" {
		t.Errorf("%v", a.Header())
	}
}
