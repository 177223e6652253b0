package middleware_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/middleware"
)

const portal = "https://intranet.example.com/apps/portal"

// behind is a gate with that login, behind a proxy. Its log is in the buffer.
func behind(t *testing.T, cfg middleware.ProxyConfig, loginURL string) (http.Handler, *bytes.Buffer) {
	t.Helper()
	log := new(bytes.Buffer)
	cfg.Logger = slog.New(slog.NewTextHandler(log, nil))
	proxied, err := middleware.BehindProxy(cfg)
	if err != nil {
		t.Fatal(err)
	}
	gate, err := middleware.New(middleware.Func(func(*http.Request) (identity.User, error) {
		return identity.User{}, nil
	}), middleware.Config{LoginURL: loginURL})
	if err != nil {
		t.Fatal(err)
	}
	return proxied(gate.Require(http.NotFoundHandler())), log
}

// opened is where a browser is sent that opens target, which the proxy asks for at the peer's address.
func opened(h http.Handler, target, peer string, prefixes ...string) string {
	r := httptest.NewRequest(http.MethodGet, target, nil)
	r.RemoteAddr = peer
	r.Header.Set("Accept", "text/html")
	for _, p := range prefixes {
		r.Header.Add("x-forwarded-prefix", p)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Header().Get("Location")
}

func TestWayBackHasThePrefix(t *testing.T) {
	for _, tc := range []struct{ base, login, target, want string }{
		{portal, "/login", "/pme/view/SxQL3iGyoDo", "/apps/portal/login?next=%2Fapps%2Fportal%2Fpme%2Fview%2FSxQL3iGyoDo"},
		{portal + "/", "/login", "/pme/", "/apps/portal/login?next=%2Fapps%2Fportal%2Fpme%2F"},
		{portal, "/apps/portal/login", "/pme/?q=a%20b", "/apps/portal/login?next=%2Fapps%2Fportal%2Fpme%2F%3Fq%3Da%2520b"},
		{portal, "/apps/portal", "/", "/apps/portal?next=%2Fapps%2Fportal%2F"},
		{portal, "/apps/portalogin", "/", "/apps/portal/apps/portalogin?next=%2Fapps%2Fportal%2F"},
		{portal, "/login?a=b", "/pme/", "/apps/portal/login?a=b&next=%2Fapps%2Fportal%2Fpme%2F"},
		{portal, "https://sso.example.com/login", "/pme/", "https://sso.example.com/login?next=%2Fapps%2Fportal%2Fpme%2F"},
		{portal, "/login", "/a//b", "/apps/portal/login?next=%2Fapps%2Fportal%2F"},
		{portal, "/login", "/a%5Cb", "/apps/portal/login?next=%2Fapps%2Fportal%2F"},
		{portal, "/login", "/" + strings.Repeat("a", 2048), "/apps/portal/login?next=%2Fapps%2Fportal%2F"},
		{"https://intranet.example.com/pme", "/login", "/pme/", "/pme/login?next=%2Fpme%2Fpme%2F"},
		{"https://intranet.example.com", "/login", "/apps/portal/pme/", "/login?next=%2Fapps%2Fportal%2Fpme%2F"},
		{"https://intranet.example.com/", "/login", "/pme/", "/login?next=%2Fpme%2F"},
		{"http://intranet/r%C3%A4ume", "/login", "/pme/", "/r%C3%A4ume/login?next=%2Fr%25C3%25A4ume%2Fpme%2F"},
	} {
		h, _ := behind(t, middleware.ProxyConfig{BaseURL: tc.base}, tc.login)
		if got := opened(h, tc.target, "192.0.2.1:1234"); got != tc.want {
			t.Errorf("%+v: %s", tc, got)
		}
	}
}

func TestScriptsLearnTheLoginWithItsPrefix(t *testing.T) {
	h, _ := behind(t, middleware.ProxyConfig{BaseURL: portal}, "/login")
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/pme/token", nil)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	var said map[string]string
	if err := json.Unmarshal(w.Body.Bytes(), &said); err != nil || said["login_url"] != "/apps/portal/login" {
		t.Errorf("%v: %s", err, w.Body)
	}
}

func TestStripPrefixInsideTheApplicationCounts(t *testing.T) {
	h, _ := behind(t, middleware.ProxyConfig{BaseURL: portal}, "/login")
	if got := opened(http.StripPrefix("/pme", h), "/pme/view/x", "192.0.2.1:1"); got != "/apps/portal/login?next=%2Fapps%2Fportal%2Fpme%2Fview%2Fx" {
		t.Error(got)
	}
}

var proxies = []netip.Prefix{netip.MustParsePrefix("10.1.2.0/24"), netip.MustParsePrefix("fd00::1/128")}

func TestForwardedPrefixOfAListedProxyIsUsed(t *testing.T) {
	for _, base := range []string{"", "https://intranet.example.com", portal} {
		h, log := behind(t, middleware.ProxyConfig{BaseURL: base, Proxies: proxies}, "/login")
		for _, peer := range []string{"10.1.2.3:1234", "[::ffff:10.1.2.3]:1234", "[fd00::1]:1"} {
			for prefix, want := range map[string]string{
				"/rooms": "/rooms", "/rooms/": "/rooms", "/a/b-c_d.e~f": "/a/b-c_d.e~f", "/": "", "": "",
			} {
				login := want + "/login?next=" + url.QueryEscape(want+"/pme/")
				if got := opened(h, "/pme/", peer, prefix); got != login {
					t.Errorf("%q from %s: %s, want %s", prefix, peer, got, login)
				}
			}
		}
		if log.Len() > 0 {
			t.Error(log)
		}
	}
}

func TestForwardedPrefixOfAnotherPeerChangesNothing(t *testing.T) {
	listed, _ := behind(t, middleware.ProxyConfig{BaseURL: portal, Proxies: proxies}, "/login")
	unlisted, _ := behind(t, middleware.ProxyConfig{BaseURL: portal}, "/login")
	const want = "/apps/portal/login?next=%2Fapps%2Fportal%2Fpme%2F"
	for _, prefixes := range [][]string{
		{"/evil"},
		{"/evil", "/evil"},
		{"//evil.example.com"},
		{"https://evil.example.com"},
		{"javascript:alert(1)"},
		{`/\evil.example.com`},
		{""},
		{"/"},
	} {
		for _, peer := range []string{"192.0.2.1:1", "10.1.3.3:1", "[fd00::2]:1", "[fd00::1%eth0]:1", "10.1.2.3", "@", "", "10.1.2.3:1, 10.1.2.4:1"} {
			if got := opened(listed, "/pme/", peer, prefixes...); got != want {
				t.Errorf("%q from %s: %s", prefixes, peer, got)
			}
		}
		if got := opened(unlisted, "/pme/", "10.1.2.3:1", prefixes...); got != want {
			t.Errorf("%q without a list: %s", prefixes, got)
		}
	}
}

func TestForwardedPrefixThatIsNoPlainPathIsNotUsed(t *testing.T) {
	h, log := behind(t, middleware.ProxyConfig{BaseURL: portal, Proxies: proxies}, "/login")
	for _, prefixes := range [][]string{
		{"/a", "/b"},
		{"/a", "/a"},
		{"", "/a"},
		{"/a, /b"},
		{"/a,/b"},
		{"rooms"},
		{"//evil.example.com"},
		{"/a//b"},
		{"/\\evil.example.com"},
		{"/%5cevil.example.com"},
		{"/%2fevil.example.com"},
		{"https://evil.example.com/a"},
		{"/a?b=c"},
		{"/a#b"},
		{"/a%3fb"},
		{"/a/../b"},
		{"/.."},
		{"/a/%2e%2e/b"},
		{"/a/%2E"},
		{"/a/./b"},
		{"/a b"},
		{"/a\tb"},
		{"/a%0d%0ab"},
		{"/a%zz"},
		{"/ü"},
		{"/%ff"},
		{" /a"},
		{"/a;b"},
		{"/" + strings.Repeat("a", 256)},
	} {
		if got := opened(h, "/pme/", "10.1.2.3:1", prefixes...); got != "/apps/portal/login?next=%2Fapps%2Fportal%2Fpme%2F" {
			t.Errorf("%q: %s", prefixes, got)
		}
	}
	if n := strings.Count(log.String(), "\n"); n != 1 || !strings.Contains(log.String(), "X-Forwarded-Prefix") || !strings.Contains(log.String(), "10.1.2.3") {
		t.Errorf("%d records: %s", n, log)
	}
}

func TestRequestItselfIsNotChanged(t *testing.T) {
	proxied, err := middleware.BehindProxy(middleware.ProxyConfig{BaseURL: portal, Proxies: proxies})
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "http://backend:8080/pme/?a=b", nil)
	r.RemoteAddr = "10.1.2.3:1"
	r.Header.Set("X-Forwarded-Prefix", "/rooms")
	r.Header.Set("X-Forwarded-Host", "evil.example.com")
	proxied(http.HandlerFunc(func(_ http.ResponseWriter, got *http.Request) {
		if got.Host != r.Host || got.RequestURI != r.RequestURI || got.URL.String() != r.URL.String() || got.RemoteAddr != r.RemoteAddr || len(got.Header) != len(r.Header) {
			t.Errorf("%+v", got)
		}
	})).ServeHTTP(httptest.NewRecorder(), r)
}

func TestProxyConfigIsChecked(t *testing.T) {
	for _, base := range []string{
		"", "/apps/portal", "intranet.example.com", "ftp://intranet.example.com", "https://", "https:///a", "https://a:b@intranet.example.com",
		"https://intranet.example.com?a", "https://intranet.example.com/a?b", "https://intranet.example.com/a#b", "https://intranet.example.com/a//b",
		"https://intranet.example.com//evil", "https://intranet.example.com/a/../b", "https://intranet.example.com/%2e%2e", "https://intranet.example.com/a%5cb",
		"https://intranet.example.com/a b", "https://intranet.example.com\n", "https://intranet.example.com/" + strings.Repeat("a", 300),
	} {
		if _, err := middleware.BehindProxy(middleware.ProxyConfig{BaseURL: base}); err == nil || !strings.Contains(err.Error(), "BaseURL") || strings.Contains(err.Error(), "a:b") {
			t.Errorf("%q: %v", base, err)
		}
	}
	_, err := middleware.BehindProxy(middleware.ProxyConfig{BaseURL: "/a", Proxies: []netip.Prefix{{}, netip.MustParsePrefix("0.0.0.0/0")}})
	if err == nil || !strings.Contains(err.Error(), "BaseURL") || strings.Count(err.Error(), "rox") < 2 {
		t.Errorf("not all problems: %v", err)
	}
}
