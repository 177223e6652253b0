package oidclogin_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// forwarding are headers with which proxies say what a request was like, and clients may say anything.
var forwarding = map[string][]string{
	"X-Forwarded-Prefix":             {"/admin", "//evil.example", "/../..", ""},
	"X-Forwarded-Host":               {"evil.example", "evil.example:443", "evil.example, h", ""},
	"X-Forwarded-Proto":              {"https", "http", "javascript", "https,http"},
	"X-Forwarded-Scheme":             {"https"},
	"X-Forwarded-Ssl":                {"on"},
	"X-Forwarded-Port":               {"443", "80", "-1"},
	"X-Forwarded-Server":             {"evil.example"},
	"X-Forwarded-Uri":                {"/auth/callback", "/page", "https://evil.example/"},
	"X-Forwarded-Path":               {"/auth/callback"},
	"X-Forwarded-Method":             {"POST", "OPTIONS"},
	"X-Forwarded-For":                {"127.0.0.1", "::1"},
	"X-Original-Url":                 {"/auth/callback", "https://evil.example/"},
	"X-Original-Uri":                 {"/auth/callback"},
	"X-Original-Host":                {"evil.example"},
	"X-Original-Method":              {"OPTIONS"},
	"X-Rewrite-Url":                  {"/auth/callback"},
	"X-Replaced-Path":                {"/auth/callback"},
	"X-Script-Name":                  {"/admin"},
	"X-Http-Method-Override":         {"OPTIONS", "POST"},
	"X-Method-Override":              {"POST"},
	"X-Host":                         {"evil.example"},
	"Forwarded":                      {"for=127.0.0.1;host=evil.example;proto=https", "host=\"evil.example\""},
	"Front-End-Https":                {"on"},
	"X_Forwarded_Prefix":             {"/admin"},
	"X_Forwarded_Host":               {"evil.example"},
	"X_Forwarded_Proto":              {"https"},
	"Referer":                        {"https://evil.example/auth/login"},
	"User-Agent":                     {"GoogleHC/1.0", "kube-probe/1.33", "ELB-HealthChecker/2.0", ""},
	"X-Middleware-Subrequest":        {"middleware"},
	"X-Auth-Request-Redirect":        {"https://evil.example/"},
	"Connection":                     {"X-Forwarded-User, Cookie", "Upgrade, HTTP2-Settings"},
	"Upgrade":                        {"h2c"},
	"X-Envoy-Original-Path":          {"/auth/callback"},
	"X-Forwarded-Client-Cert":        {"By=x;Subject=\"CN=root\""},
	"X-Amzn-Oidc-Identity":           {"root"},
	"X-Authentik-Username":           {"root"},
	"X-Pomerium-Jwt-Assertion":       {"e30.e30."},
	"Cf-Access-Jwt-Assertion":        {"e30.e30."},
	"X-Goog-Iap-Jwt-Assertion":       {"e30.e30."},
	"X-Auth-Request-User":            {"root"},
	"Remote-User":                    {"root"},
	"X-Webauth-User":                 {"root"},
	"Tailscale-User-Login":           {"root"},
	"X-Ms-Client-Principal-Id":       {"root"},
	"Proxy-Authorization":            {"Basic cm9vdDo="},
	"X-Forwarded-Access-Token":       {"e30.e30."},
	"X-Forwarded-Preferred-Username": {"root"},
}

// Traefik passed a client's X-Forwarded-Prefix on as its own, CVE-2026-35051 (GHSA-6384-m2mw-rf54), and derived
// X-Forwarded-Port from what a client said, CVE-2026-54764; by default, oauth2-proxy took every client for a
// proxy that may write them (its issue 3506, after CVE-2026-40575). A login here asks none of them where it is.
func TestForwardingHeadersChangeNothingOfALogin(t *testing.T) {
	p := newIDP(t)
	s := newSite(t, p)
	signedIn := s.browser(t)
	signedIn.signIn()
	want := seen(t, s, "", "")
	for name, values := range forwarding {
		for _, value := range values {
			if diff := cmp.Diff(want, seen(t, s, name, value)); diff != "" {
				t.Errorf("%s: %s (-without +with):\n%s", name, value, diff)
			}
			r := signedIn.request(http.MethodGet, "/page", nil)
			r.Header[name] = []string{value}
			if name == "Connection" || name == "Upgrade" {
				continue // net/http's client has words of its own for them
			}
			if a := signedIn.do(r); a.status != http.StatusOK || s.user().ID != p.URL+"#"+subject {
				t.Errorf("%s: %s: status %d as %q", name, value, a.status, s.user().ID)
			}
		}
	}
}

// seen is what a browser that is not signed in meets on its way to log in, but for what is random.
func seen(t *testing.T, s *site, name, value string) []any {
	t.Helper()
	var all []any
	for _, path := range []string{"/page", "/auth/login?next=/page", "/auth/callback?code=x&state=x", "/auth/logout"} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			b := s.browser(t)
			r := navigation(b.request(method, path, nil))
			if name != "" {
				r.Header[name] = []string{value}
			}
			a := b.do(r)
			location, err := url.Parse(a.location)
			if err != nil {
				t.Fatal(err)
			}
			q := location.Query()
			for _, random := range []string{"state", "nonce", "code_challenge"} {
				q.Del(random)
			}
			location.RawQuery = q.Encode()
			all = append(all, method+" "+path, a.status, location.String(), len(a.cookies))
			for _, c := range a.cookies {
				all = append(all, c.Path, c.Domain, c.Secure, c.HttpOnly, c.SameSite, c.MaxAge)
			}
		}
	}
	return all
}
