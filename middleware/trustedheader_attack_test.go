package middleware_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/middleware"
)

// What is refused here must not come through a browser's login page either, nor through the next gate.
func wantSpoofRefused(tb testing.TB, g *middleware.Gate, r *http.Request, status int) {
	tb.Helper()
	code := map[int]string{http.StatusBadRequest: "invalid_request", http.StatusUnauthorized: "login_required"}[status]
	wantRejected(tb, g, r, status, code)
	everybody := ask(func(*http.Request) (identity.User, error) { return identity.User{ID: "next"}, nil })
	wantRejected(tb, first(g, everybody), r, status, code)
}

func TestHeadersFromAnotherPeerAreRefused(t *testing.T) {
	g := behindProxy(t)
	for _, remote := range []string{
		"203.0.113.1:4711", "192.0.2.11:4711", "127.0.0.1:4711", "[::1]:4711", "[2001:db8::11]:4711", "[::192.0.2.10]:4711",
		"[2001:db8::10%eth0]:4711", "[::ffff:192.0.2.10%eth0]:4711", "192.0.2.10", "2001:db8::10", "192.0.2.10:", ":4711",
		"192.0.2.10:x", "", "@", "/run/proxy.sock", "pipe", "192.0.2.010:4711", "192.0.2.10:4711, 203.0.113.1:4711", "proxy:4711",
	} {
		for _, name := range []string{"X-Forwarded-User", "X-Forwarded-Groups"} {
			wantSpoofRefused(t, g, from(remote, fromProxy(name, "alice")), http.StatusUnauthorized)
		}
	}
	for _, remote := range []string{proxyAddress, "[::ffff:192.0.2.10]:1", "[2001:db8::10]:1", "[2001:0db8:0::10]:65535"} {
		wantSignedIn(t, g, from(remote, fromProxy("X-Forwarded-User", "alice")), "alice")
	}
}

// oauth2-proxy believed X-Forwarded-Uri of clients, CVE-2026-40575 (GHSA-7x63-xv5r-3p2x), and the
// User-Agent of health checks, CVE-2026-34457 (GHSA-5hvv-m4w4-gf6v).
func TestNothingThatClientsSayMakesThemTheProxy(t *testing.T) {
	g := behindProxy(t)
	for _, name := range []string{
		"X-Forwarded-For", "X-Real-Ip", "Forwarded", "X-Client-Ip", "True-Client-Ip", "Cf-Connecting-Ip", "X-Remote-Addr",
		"X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Uri", "X-Original-Url", "Via", "User-Agent", "Host",
	} {
		for _, value := range []string{"192.0.2.10", proxyAddress, "for=192.0.2.10", "/pme/pme.js", "kube-probe/1.33", "GoogleHC/1.0"} {
			r := fromProxy("X-Forwarded-User", "alice", name, value)
			wantSpoofRefused(t, g, from("203.0.113.1:4711", r), http.StatusUnauthorized)
			nobody := fromProxy(name, value)
			wantRejected(t, g, from("203.0.113.1:4711", nobody), http.StatusUnauthorized, "login_required")
		}
	}
}

// oauth2-proxy's default for proxies was everybody: CVE-2026-76835.
func TestTrustingEveryPeerNeedsItsOwnOption(t *testing.T) {
	refused := func(name string, proxies ...netip.Prefix) {
		t.Helper()
		if _, err := middleware.NewTrustedHeader(middleware.TrustedHeaderConfig{Proxies: proxies, User: "X-User"}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	refused("none")
	for _, p := range []string{
		"0.0.0.0/0", "::/0", "0.0.0.0/1", "128.0.0.0/1", "8000::/1", "::ffff:0.0.0.0/96", "::ffff:192.0.2.10/128", "10.0.0.5/8", "fc00::1/7",
	} {
		refused(p, netip.MustParsePrefix(p))
		refused("and "+p, netip.MustParsePrefix("192.0.2.10/32"), netip.MustParsePrefix(p))
	}
	for _, p := range []string{"10.0.0.0/8", "fc00::/7", "192.0.2.10/32", "2001:db8::/64"} {
		cfg := middleware.TrustedHeaderConfig{Proxies: prefixes(p), User: "X-User"}
		if _, err := middleware.NewTrustedHeader(cfg); err != nil {
			t.Errorf("%s: %v", p, err)
		}
	}
}

func TestProxiesCannotBeChangedFromOutside(t *testing.T) {
	proxies := prefixes("192.0.2.10/32")
	g := behindProxy(t, func(c *middleware.TrustedHeaderConfig) { c.Proxies = proxies })
	proxies[0] = netip.MustParsePrefix("203.0.113.0/24")
	wantSpoofRefused(t, g, from("203.0.113.1:1", fromProxy("X-Forwarded-User", "alice")), http.StatusUnauthorized)
}

// lookalikes are names that some program or other takes for X-Forwarded-User.
var lookalikes = []string{
	"X_Forwarded_User", "X-Forwarded_User", "X_forwarded-user", "x-forwarded-user", "X-FORWARDED-USER", "X.Forwarded.User",
	"X Forwarded User", "X~Forwarded!User", "x_forwarded_user", "X-Forwarded\x00User", "X-forwarded-User",
}

// oauth2-proxy let them pass: CVE-2025-64484 (GHSA-vjrc-mh2v-45x6).
func TestHeaderThatLooksLikeOneOfTheProxysIsRefused(t *testing.T) {
	g := behindProxy(t)
	for _, name := range lookalikes {
		wantSpoofRefused(t, g, fromProxy(name, "mallory"), http.StatusBadRequest)
		wantSpoofRefused(t, g, fromProxy(name, "mallory", "X-Forwarded-User", "alice"), http.StatusBadRequest)
		wantSpoofRefused(t, g, from("203.0.113.1:1", fromProxy(name, "mallory")), http.StatusBadRequest)
	}
	wantSpoofRefused(t, g, fromProxy("X-Forwarded-User", "alice", "X_Forwarded_Groups", "admins"), http.StatusBadRequest)
	secret := behindProxy(t, withSecret)
	wantSpoofRefused(t, secret, fromProxy("X-Forwarded-User", "alice", "X_Proxy_Secret", secretOfProxy), http.StatusBadRequest)
}

// A session decides first here, so that the proxy's gate is not asked.
func TestSpoofedHeadersAreNotPassedOnWhoeverDecides(t *testing.T) {
	alice := ask(func(*http.Request) (identity.User, error) { return identity.User{ID: "alice"}, nil })
	other := behindProxy(t, func(c *middleware.TrustedHeaderConfig) { c.User, c.Name = "X-Other-User", "" })
	g := first(alice, first(behindProxy(t), other))
	r := from("203.0.113.1:1", fromProxy("X-Forwarded-User", "mallory", "X-Forwarded-Groups", "admins", "X-Other-User", "mallory", "Accept", "*/*"))
	for _, name := range lookalikes {
		r.Header[name] = []string{"mallory"}
	}
	ran := false
	g.Require(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		ran = true
		if len(r.Header) != 1 || r.Header.Get("Accept") != "*/*" {
			t.Errorf("passed on with %v", r.Header)
		}
	})).ServeHTTP(nil, r)
	if !ran {
		t.Error("alice was not let through")
	}
}

func TestHeaderThatIsThereTwiceIsRefused(t *testing.T) {
	g := behindProxy(t)
	for _, name := range []string{"X-Forwarded-User", "X-Forwarded-Email", "X-Forwarded-Groups", "X-Forwarded-Preferred-Username"} {
		for _, second := range []string{"mallory", "", "alice"} {
			r := fromProxy("X-Forwarded-User", "alice", name, "alice", name, second)
			wantSpoofRefused(t, g, r, http.StatusBadRequest)
		}
	}
	none := fromProxy()
	none.Header["X-Forwarded-User"] = nil
	wantSpoofRefused(t, g, none, http.StatusBadRequest)
}

func TestValueThatIsNoNameIsRefused(t *testing.T) {
	g := behindProxy(t)
	for _, value := range []string{
		"alice,mallory", "alice, mallory", ",", "alice ", " alice", "al\tice", "alice\x00", "alice\n", "alice\r\nX: y", "alice\x7f",
		"alice\u202e", "alice\u200b", "alice\u0085", "alice\u2028", "al\xffice", strings.Repeat("a", 1025),
	} {
		wantSpoofRefused(t, g, fromProxy("X-Forwarded-User", value), http.StatusBadRequest)
	}
	for _, value := range []string{"alice@example.com,mallory@example.com", "alice, mallory", ","} {
		wantSpoofRefused(t, g, fromProxy("X-Forwarded-User", "alice", "X-Forwarded-Email", value), http.StatusBadRequest)
	}
}

func TestUserThatIsMissingOrEmptyIsRefused(t *testing.T) {
	g := behindProxy(t)
	wantSpoofRefused(t, g, fromProxy("X-Forwarded-User", ""), http.StatusBadRequest)
	wantSpoofRefused(t, g, fromProxy("X-Forwarded-User", "", "X-Forwarded-Email", "alice@example.com"), http.StatusBadRequest)
	wantSpoofRefused(t, g, fromProxy("X-Forwarded-Email", "alice@example.com"), http.StatusBadRequest)
	wantSpoofRefused(t, g, fromProxy("X-Forwarded-Groups", "admins"), http.StatusBadRequest)
}

func TestWrongSecretIsRefused(t *testing.T) {
	g := behindProxy(t, withSecret)
	wantSpoofRefused(t, g, fromProxy("X-Forwarded-User", "alice"), http.StatusUnauthorized)
	for _, secret := range []string{"", "0123456789abcdeF", secretOfProxy + "0", secretOfProxy[:15], strings.ToUpper(secretOfProxy), " " + secretOfProxy} {
		wantSpoofRefused(t, g, fromProxy("X-Forwarded-User", "alice", "X-Proxy-Secret", secret), http.StatusUnauthorized)
		wantSpoofRefused(t, g, fromProxy("X-Proxy-Secret", secret), http.StatusUnauthorized)
	}
	both := fromProxy("X-Forwarded-User", "alice", "X-Proxy-Secret", "wrong", "X-Proxy-Secret", secretOfProxy)
	wantSpoofRefused(t, g, both, http.StatusBadRequest)
	// It is a second condition, and not a way around the first.
	wantSpoofRefused(t, g, from("203.0.113.1:1", fromProxy("X-Forwarded-User", "alice", "X-Proxy-Secret", secretOfProxy)), http.StatusUnauthorized)
}

func TestRefusedHeadersAreNotLogged(t *testing.T) {
	var log bytes.Buffer
	g := behindProxy(t, withSecret, func(c *middleware.TrustedHeaderConfig) {
		c.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	requests := []*http.Request{
		fromProxy("X-Forwarded-User", "MARKER"), fromProxy("X-Forwarded-User", "a", "X-Proxy-Secret", "MARKER"),
		fromProxy("X_Forwarded_User", "MARKER"), from("203.0.113.1:1", fromProxy("X-Forwarded-User", "MARKER")),
		fromProxy("X-Forwarded-User", "MARKER\n", "X-Proxy-Secret", secretOfProxy),
	}
	for _, r := range requests {
		if w, user := visit(g, r); user != "" || strings.Contains(fmt.Sprint(w.Header(), w.Body), "MARKER") {
			t.Errorf("let through %q, or repeated what was sent: %s", user, w.Body)
		}
	}
	got := log.String()
	if strings.Count(got, "level=INFO") != len(requests) || strings.Contains(got, "MARKER") || strings.Contains(got, secretOfProxy) {
		t.Errorf("want one record for each refusal, without values; got\n%s", got)
	}
}
