package middleware_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/gatetest"
	"github.com/go-pme/pme/middleware"
)

const proxyAddress = "192.0.2.10:4711"

func prefixes(texts ...string) []netip.Prefix {
	var all []netip.Prefix
	for _, text := range texts {
		all = append(all, netip.MustParsePrefix(text))
	}
	return all
}

// behindProxy makes a gate that reads all headers it can; change may alter what it is made from.
func behindProxy(tb testing.TB, change ...func(*middleware.TrustedHeaderConfig)) *middleware.Gate {
	tb.Helper()
	cfg := middleware.TrustedHeaderConfig{
		Proxies: prefixes("192.0.2.10/32", "2001:db8::10/128"),
		User:    "X-Forwarded-User",
		Email:   "X-Forwarded-Email",
		Name:    "X-Forwarded-Preferred-Username",
		Groups:  "X-Forwarded-Groups",
	}
	for _, f := range change {
		f(&cfg)
	}
	g, err := middleware.NewTrustedHeader(cfg)
	if err != nil {
		tb.Fatal(err)
	}
	return g
}

// fromProxy is a script's GET as the proxy passes it on; names and values take turns.
func fromProxy(headers ...string) *http.Request {
	r := request()
	r.RemoteAddr = proxyAddress
	for i := 0; i < len(headers); i += 2 {
		r.Header[headers[i]] = append(r.Header[headers[i]], headers[i+1])
	}
	return r
}

const secretOfProxy = "0123456789abcdef"

func withSecret(c *middleware.TrustedHeaderConfig) {
	c.SecretHeader, c.Secret = "x-proxy-secret", secretOfProxy
}

func TestHeadersBecomeThePerson(t *testing.T) {
	verified := func(c *middleware.TrustedHeaderConfig) { c.EmailVerified = true }
	for _, tt := range []struct {
		name   string
		change func(*middleware.TrustedHeaderConfig)
		r      *http.Request
		want   identity.User
	}{
		{"user", verified, fromProxy("X-Forwarded-User", "alice"), identity.User{ID: "alice"}},
		{"everything", verified, fromProxy(
			"X-Forwarded-User", "alice", "X-Forwarded-Email", "alice@example.com",
			"X-Forwarded-Preferred-Username", "Döe, Alice", "X-Forwarded-Groups", "staff, Facility Management,,b ",
		), identity.User{
			ID: "alice", Email: "alice@example.com", EmailVerified: true, Name: "Döe, Alice",
			Groups: []string{"staff", "Facility Management", "b"},
		}},
		{
			"address that nobody has verified", func(*middleware.TrustedHeaderConfig) {},
			fromProxy("X-Forwarded-User", "alice", "X-Forwarded-Email", "alice@example.com"),
			identity.User{ID: "alice", Email: "alice@example.com"},
		},
		{"empty but for the user", verified, fromProxy(
			"X-Forwarded-User", "alice", "X-Forwarded-Email", "", "X-Forwarded-Preferred-Username", "", "X-Forwarded-Groups", "",
		), identity.User{ID: "alice"}},
		{
			"address as user", func(c *middleware.TrustedHeaderConfig) { c.User, c.EmailVerified = "x-forwarded-email", true },
			fromProxy("X-Forwarded-Email", "alice@example.com"),
			identity.User{ID: "alice@example.com", Email: "alice@example.com", EmailVerified: true},
		},
		{
			"other separator", func(c *middleware.TrustedHeaderConfig) { c.GroupSeparator = "|" },
			fromProxy("X-Forwarded-User", "alice", "X-Forwarded-Groups", "a,b|c d"),
			identity.User{ID: "alice", Groups: []string{"a,b", "c d"}},
		},
		{"secret", withSecret, fromProxy("X-Forwarded-User", "alice", "X-Proxy-Secret", secretOfProxy), identity.User{ID: "alice"}},
		{
			"any peer", func(c *middleware.TrustedHeaderConfig) { c.Proxies, c.UnsafeTrustAnyPeer = nil, true },
			from("@", fromProxy("X-Forwarded-User", "alice")),
			identity.User{ID: "alice"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, *gatetest.User(t, behindProxy(t, tt.change), tt.r)); diff != "" {
				t.Errorf("user (-want +got):\n%s", diff)
			}
		})
	}
}

func from(remote string, r *http.Request) *http.Request {
	r.RemoteAddr = remote
	return r
}

func TestRequestWithoutTheHeadersIsUnauthenticated(t *testing.T) {
	g := behindProxy(t, withSecret)
	for _, r := range []*http.Request{
		fromProxy(), from("203.0.113.1:1", fromProxy()), from("", fromProxy()), fromProxy("X-Proxy-Secret", secretOfProxy),
		fromProxy("X-Auth-Request-User", "alice", "Remote-User", "alice"),
	} {
		wantRejected(t, g, r, http.StatusUnauthorized, "login_required")
	}
	if w, _ := visit(g, navigation(fromProxy())); w.Code != http.StatusUnauthorized {
		t.Errorf("status %d for a page without a login page, want 401", w.Code)
	}
	login := behindProxy(t, func(c *middleware.TrustedHeaderConfig) { c.LoginURL = "/oauth2/start" })
	if w, _ := visit(login, navigation(fromProxy())); w.Code != http.StatusFound {
		t.Errorf("status %d for a page with a login page, want 302", w.Code)
	}
}

func TestNoHeaderOfTheGateIsPassedOn(t *testing.T) {
	g := behindProxy(t, withSecret)
	r := fromProxy("X-Forwarded-User", "alice", "X-Forwarded-Groups", "a", "X-Proxy-Secret", secretOfProxy, "Accept", "text/html", "X-Request-Id", "1")
	before := r.Header.Clone()
	var got http.Header
	g.Require(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = r.Header })).ServeHTTP(nil, r)
	if diff := cmp.Diff(http.Header{"Accept": {"text/html"}, "X-Request-Id": {"1"}}, got); diff != "" {
		t.Errorf("headers passed on (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(before, r.Header); diff != "" {
		t.Errorf("the request of others was changed:\n%s", diff)
	}
}

func TestUnusableTrustedHeaderConfigurationIsAllReported(t *testing.T) {
	_, err := middleware.NewTrustedHeader(middleware.TrustedHeaderConfig{
		Email: "Cookie", Groups: "X_Groups", GroupSeparator: "a", SecretHeader: "X-Secret", Secret: "hunter2", LoginURL: "//evil.example",
	})
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"Proxies", "User is missing", `"Cookie"`, `"X_groups"`, "GroupSeparator", "16", "LoginURL"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q does not say %q", err, want)
		}
	}
	if strings.Contains(err.Error(), "hunter2") {
		t.Errorf("%q has the secret", err)
	}
	for name, change := range map[string]func(*middleware.TrustedHeaderConfig){
		"two meanings":                 func(c *middleware.TrustedHeaderConfig) { c.Groups = "x-forwarded-user" },
		"address in the name's header": func(c *middleware.TrustedHeaderConfig) { c.Email = c.Name },
		"header without secret":        func(c *middleware.TrustedHeaderConfig) { c.SecretHeader = "X-Secret" },
		"secret without header":        func(c *middleware.TrustedHeaderConfig) { c.Secret = secretOfProxy },
		"invalid prefix":               func(c *middleware.TrustedHeaderConfig) { c.Proxies = append(c.Proxies, netip.Prefix{}) },
		"proxies and any peer":         func(c *middleware.TrustedHeaderConfig) { c.UnsafeTrustAnyPeer = true },
		"separator beyond ASCII":       func(c *middleware.TrustedHeaderConfig) { c.GroupSeparator = "ł" },
	} {
		cfg := middleware.TrustedHeaderConfig{Proxies: prefixes("192.0.2.10/32"), User: "X-Forwarded-User", Name: "X-Name"}
		change(&cfg)
		if _, err := middleware.NewTrustedHeader(cfg); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestSecretOfTheProxyIsNeverPrinted(t *testing.T) {
	cfg := middleware.TrustedHeaderConfig{Proxies: prefixes("192.0.2.10/32"), User: "X-User"}
	withSecret(&cfg)
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("config", "config", cfg)
	slog.New(slog.NewTextHandler(&log, nil)).Info("config", "config", &cfg)
	b, err := json.Marshal(cfg)
	if err != nil {
		t.Fatal(err)
	}
	all := log.String() + string(b) + fmt.Sprintf("%v %+v %#v %s %x %v", cfg, cfg, cfg, cfg, cfg, &cfg)
	if strings.Contains(all, secretOfProxy) || !strings.Contains(all, "192.0.2.10") {
		t.Errorf("printed as %s", all)
	}
}
