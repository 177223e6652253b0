package handler_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme/pages"
)

// claims are headers in which clients may say anything about their request, or themselves.
func claims() http.Header {
	h := http.Header{
		"User-Agent":              {"GoogleHC/1.0", "kube-probe/1.33", "ELB-HealthChecker/2.0", "Amazon-Route53-Health-Check-Service", "oauth2-proxy-ping", ""},
		"Forwarded":               {"for=127.0.0.1;host=localhost;proto=https", "for=unknown"},
		"X-Http-Method-Override":  {http.MethodOptions, http.MethodHead},
		"X-Middleware-Subrequest": {"middleware"},
		"Origin":                  {"null", "https://evil.example"},
		"Host":                    {"localhost"},
		"Via":                     {"1.1 localhost"},
		"Authorization":           {"Bearer e30.e30.", "Basic cm9vdDpyb290"},
		"Cookie":                  {"person=root; session=root"},
		"Expect-Ct":               {"x"},
	}
	for _, name := range []string{"X-Forwarded-Uri", "X-Forwarded-Path", "X-Original-Url", "X-Original-Uri", "X-Rewrite-Url", "X-Replaced-Path", "X_Forwarded_Uri", "X-Accel-Redirect"} {
		h[name] = []string{"/pme/pme.js", "/pme.js", "/livez", "/pme/token?modelId=" + office, "/login", "*"}
	}
	for _, name := range []string{"X-Forwarded-Prefix", "X-Script-Name", "X_Forwarded_Prefix"} {
		h[name] = []string{"/pme/pme.js", "/admin", "//evil.example"}
	}
	for _, name := range []string{"X-Forwarded-For", "X-Real-Ip", "X-Client-Ip", "True-Client-Ip", "Cf-Connecting-Ip", "X-Remote-Addr", "X-Envoy-External-Address"} {
		h[name] = []string{"127.0.0.1", "::1", "10.0.0.1, 127.0.0.1"}
	}
	for _, name := range []string{
		"X-Forwarded-User", "X-Forwarded-Email", "X-Forwarded-Groups", "X-Auth-Request-User", "Remote-User", "X-Remote-User", "X-Webauth-User", "X-Authentik-Username",
		"X-Pomerium-Claim-Email", "X-Amzn-Oidc-Identity", "X-Ms-Client-Principal-Name", "Tailscale-User-Login", "X-User", "X_Person", "X-Person", "Person-", "Per_son",
	} {
		h[name] = []string{"root", "alice", "true"}
	}
	for name, values := range map[string][]string{"X-Forwarded-Host": {"localhost", "evil.example"}, "X-Forwarded-Proto": {"https", "http"}, "X-Forwarded-Port": {"443"}, "X-Forwarded-Method": {"OPTIONS"}} {
		h[name] = values
	}
	return h
}

// oauth2-proxy chose its rule by a client's X-Forwarded-Uri, CVE-2026-40575 (GHSA-7x63-xv5r-3p2x), in its default
// configuration up to v7.15.3 at least (its issue 3506), and took a client for a health check by its User-Agent, whatever it
// asked for: CVE-2026-34457 (GHSA-5hvv-m4w4-gf6v). Traefik passed on a client's X-Forwarded-Prefix for rules to be
// chosen by: CVE-2026-35051 (GHSA-6384-m2mw-rf54). No header but the credential changes an answer here.
func TestNoHeaderOpensAnEndpoint(t *testing.T) {
	p := newPortal(t, nil)
	for _, person := range []string{"", "mallory", "trudy"} { // two, as there are many listings for one person's budget
		for _, target := range []string{"token?modelId=" + office, "link?modelId=" + office, "models", "settings", "", "view/" + office} {
			for _, navigate := range [][]string{nil, {"Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document"}} {
				if (person == "trudy") != (navigate != nil) && person != "" {
					continue
				}
				want := p.get(t, person, target, navigate...)
				for name, values := range claims() {
					for _, value := range values {
						got := p.get(t, person, target, append(slices.Clone(navigate), name, value)...)
						if diff := cmp.Diff(outcome(want), outcome(got)); diff != "" {
							t.Errorf("%q to %q, %s: %s (-without +with):\n%s", person, target, name, value, diff)
						}
					}
				}
			}
		}
	}
	if n := len(p.matterport.LiveTokens()); n != 0 {
		t.Errorf("%d tokens live, want none", n)
	}
}

// outcome is an answer without what is made anew for each page.
func outcome(a answer) []any {
	h := a.Header().Clone()
	policy := h.Get("Content-Security-Policy")
	h.Del("Content-Security-Policy")
	body := a.Body.String()
	if _, nonce, ok := strings.Cut(policy, "'nonce-"); ok {
		nonce, _, _ = strings.Cut(nonce, "'")
		body, policy = strings.ReplaceAll(body, nonce, "NONCE"), strings.ReplaceAll(policy, nonce, "NONCE")
	}
	return []any{a.Code, h, policy, body}
}

// spellings are those of the path to an endpoint with which some proxy or other was led to take it for a path
// that is open to all. What stands for the endpoint's own path is %s, without its slash.
var spellings = []string{
	"/%s", "//%s", "/./%s", "/x/../%s", "/%%2f%s", "/%s/", "/%s//", "/%s/.", "/%s/..", "/%s%%2f", "/%s%%20", "/%s%%00", "/%s%%0a", "/%s.", "/%s;", "/%s;.js", "/%s%%3b",
	"/%s.js", "/%s/pme.js", "/%s%%2fpme.js", "/%s/../pme.js", "/%s/..%%2fpme.js", "/%s#/pme.js", "/%s%%23/pme.js", "/%s%%23", "/%s#", "/%s%%3f/pme.js", "/%s\\pme.js", "/%s%%5cpme.js",
	"/pme.js/%s", "/pme.js/../%s", "/pme.js%%2f..%%2f%s", "/pme.js/..%%2f%s", "/pme.js/%%2e%%2e/%s", "/pme.js/.%%2e/%s", "/pme.js//..//%s", "/pme.js;/../%s", "/pme.js#/../%s",
	"/pme.js%%23/../%s", "/pme.js%%3f/../%s", "/pme.js?/../%s", "/pme.js\\..\\%s", "/pme.js%%5c..%%5c%s", "/pme.js%%00/../%s", "/pme.js/..;/%s", "/..%%2fpme/%s", "/../pme/%s",
	"/livez/../%s", "/livez/%s", "/%s/livez", "/livez#/%s", "/healthz/../%s", "/login/../pme/%s", "/connect/../%s", "/connect/..%%2f%s", "/connect%%2f../%s", "/connect//%s",
	"/view/../%s", "/view/" + office + "/../%s", "/view/..%%2f%s", "/view/%s", "/%%2e/%s", "/%%252e%%252e/%s", "/..%%252f%s", "/%%c0%%af%s", "/%%ef%%bc%%8f%s", "/\t%s", "/ %s",
}

// oauth2-proxy's rules for open paths matched fragments, CVE-2026-41059 (GHSA-pxq7-h93f-9jrg), and queries,
// CVE-2025-54576 (GHSA-7rh7-c77v-6434). Traefik's matched before dot segments were taken out, CVE-2026-40912 and
// CVE-2026-65600, Grafana's before a second slash was, CVE-2025-3454, Caddy's took a path for all that begin with it
// (GHSA-gx7w-56w6-g48x). Here, an answer to someone unknown is an asset, or it says nothing.
func TestNoSpellingOfAPathOpensAnEndpoint(t *testing.T) {
	p := newPortal(t, nil)
	open := map[string]bool{"": true}
	for name := range pages.Assets() {
		open[p.get(t, "", name).Body.String()] = true
	}
	mux, prefixed := http.NewServeMux(), http.NewServeMux()
	p.Mount(mux, "/pme")
	prefixed.Handle("/pme/", http.StripPrefix("/pme", p))
	for name, h := range map[string]http.Handler{"mounted": mux, "prefixed": prefixed, "stripped": http.StripPrefix("/pme", p)} {
		s := httptest.NewServer(h)
		c := dial(t, s)
		for _, spelling := range spellings {
			for _, endpoint := range []string{"token", "link", "models", "settings", "view/" + office, "Token", "%74oken", ""} {
				target := "/pme" + fmt.Sprintf(spelling, endpoint) + "?modelId=" + office
				for _, line := range []string{target, "http://localhost" + target} {
					for _, person := range []string{"", "mallory"} {
						status, header, body := c.get(t, line, person)
						where := fmt.Sprintf("%s, %q, GET %s: %d", name, person, line, status)
						if !open[body] {
							wantNothingSaid(t, where, status, header, body, person == "")
						}
					}
				}
			}
		}
		c.close()
		s.Close()
	}
	if n := len(p.matterport.LiveTokens()); n != 0 {
		t.Errorf("%d tokens live, want none", n)
	}
}

// wantNothingSaid fails if an answer that is no asset says something. Who is signed in may see a page, on which
// there is nothing of what others may see.
func wantNothingSaid(t *testing.T, where string, status int, header http.Header, body string, unknown bool) {
	t.Helper()
	if status == http.StatusOK && unknown {
		t.Errorf("%s with %q", where, body)
	}
	for _, secret := range []string{"access_token", "auth=Bearer", "Head office", "HQ &"} {
		if strings.Contains(body, secret) {
			t.Errorf("%s, and the body has %q:\n%s", where, secret, body)
		}
	}
	if at := header.Get("Location"); at != "" {
		if u, err := url.Parse(at); err != nil || u.Host != "" || u.Scheme != "" || strings.HasPrefix(strings.ReplaceAll(at, "\\", "/"), "//") {
			t.Errorf("%s, and leads to %q", where, at)
		}
	}
}

// The model that is asked about is the one that the policy decides about, and the one that is opened.
func TestNoSpellingOfAModelOpensAnother(t *testing.T) {
	p := newPortal(t, nil)
	s := httptest.NewServer(http.StripPrefix("/pme", p))
	defer s.Close()
	c := dial(t, s)
	defer c.close()
	// Bob may see the showroom, and nothing else.
	for _, target := range []string{
		"/view/" + showroom + "/../" + office, "/view/" + showroom + "%2f..%2f" + office, "/view/" + office + "/../" + showroom, "/view/" + office + "%2f..%2f" + showroom,
		"/view/" + office + "#" + showroom, "/view/" + office + "%23" + showroom, "/view/" + showroom + "#" + office, "/view/" + office + "?modelId=" + showroom, "/view/" + showroom + ";" + office,
		"/view/" + office + "%00" + showroom, "/view//" + office, "/view/%2f" + office, "/view/" + office + "%20",
		"/token?modelId=" + showroom + "&modelId=" + office, "/token?modelId=" + office + "&modelId=" + showroom, "/token?modelId=" + showroom + "%26modelId=" + office,
		"/token?modelId=" + showroom + ";modelId=" + office, "/token?modelId=" + showroom + "%23" + office, "/token?modelId=" + showroom + "#" + office, "/token?modelId=" + office + "#&modelId=" + showroom,
		"/token?modelId=" + showroom + "," + office, "/token?modelId[]=" + office + "&modelId=" + showroom, "/token?MODELID=" + office + "&modelId=" + showroom, "/token?modelId=" + showroom + "%0amodelId=" + office,
		"/token?model_id=" + office + "&modelId=" + showroom, "/link?modelId=" + showroom + "&modelId=" + office, "/link?modelId=" + office + "%00" + showroom,
	} {
		for _, method := range []string{"", "HEAD ", "POST "} {
			status, _, body := c.send(t, method+"/pme"+target, "bob")
			if strings.Contains(body, "Head office") || strings.Contains(body, office) && strings.Contains(body, "auth=Bearer") {
				t.Errorf("%s%s: %d %s", method, target, status, body)
			}
		}
	}
	for _, token := range p.matterport.LiveTokens() {
		if !slices.Equal(token.Models, []string{showroom}) {
			t.Errorf("a token for %q is live, want none but for %q", token.Models, showroom)
		}
	}
	p.get(t, "bob", "token?modelId="+showroom).want(t, http.StatusOK, "")
}

// connection sends requests as they are written, which no client of net/http does.
type connection struct {
	address string
	net.Conn
	r *bufio.Reader
}

func dial(t *testing.T, s *httptest.Server) *connection {
	t.Helper()
	c := &connection{address: s.Listener.Addr().String()}
	c.connect(t)
	return c
}

func (c *connection) connect(t *testing.T) {
	t.Helper()
	var err error
	if c.Conn, err = new(net.Dialer).DialContext(t.Context(), "tcp", c.address); err != nil {
		t.Fatal(err)
	}
	c.r = bufio.NewReader(c.Conn)
}

func (c *connection) close() { _ = c.Close() }

func (c *connection) get(t *testing.T, target, person string) (status int, header http.Header, body string) {
	t.Helper()
	return c.send(t, target, person)
}

// send sends a GET, unless another method stands before the target.
func (c *connection) send(t *testing.T, target, person string) (status int, header http.Header, body string) {
	t.Helper()
	method, path, ok := strings.Cut(target, " /")
	if path = "/" + path; !ok || strings.Contains(method, "/") {
		method, path = http.MethodGet, target
	}
	var raw bytes.Buffer
	fmt.Fprintf(&raw, "%s %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n", method, path)
	if person != "" {
		fmt.Fprintf(&raw, "Person: %s\r\n", person)
	}
	raw.WriteString("\r\n")
	if _, err := c.Write(raw.Bytes()); err != nil {
		t.Fatal(err)
	}
	res, err := http.ReadResponse(c.r, &http.Request{Method: method})
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.Close { // after what net/http cannot read
		c.close()
		c.connect(t)
	}
	return res.StatusCode, res.Header, string(text)
}
