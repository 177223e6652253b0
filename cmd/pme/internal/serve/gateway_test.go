package serve_test

import (
	"encoding/json"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-pme/pme/audit"
	"github.com/go-pme/pme/cmd/pme/internal/config"
	"github.com/go-pme/pme/event"
)

func TestPeopleGetWhatTheListSays(t *testing.T) {
	cfg := small(t)
	origin, _ := running(t, build(t, cfg))
	c := client(t)
	token := origin + "/pme/token?modelId=" + office
	if res, body := get(t, c, token, "X-User", "alice"); res.StatusCode != http.StatusOK || !has(body, "access_token") {
		t.Errorf("alice: %d %s", res.StatusCode, body)
	}
	if res, body := get(t, c, token, "X-User", "bob"); res.StatusCode != http.StatusForbidden || has(body, "access_token") {
		t.Errorf("bob: %d %s", res.StatusCode, body)
	}
	if res, body := get(t, c, token); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("nobody: %d %s", res.StatusCode, body)
	}
	if res, _ := get(t, c, origin+"/"); res.Header.Get("Location") != "pme/" {
		t.Errorf("the root leads to %q", res.Header.Get("Location"))
	}
	for path, want := range map[string]int{
		"/livez": 200, "/readyz": 200, "/pme-admin/": 404, "/matterport-events": 404, "/auth/login": 404, "/login": 404, "/metrics": 404,
	} {
		if res, _ := get(t, c, origin+path, "X-User", "alice"); res.StatusCode != want {
			t.Errorf("%s: %d, want %d", path, res.StatusCode, want)
		}
	}
}

// everything returns a configuration with every part that needs no other server.
func everything(t *testing.T) config.Config {
	t.Helper()
	cfg := small(t)
	dir := t.TempDir()
	cfg.Proxies = loopback
	cfg.Connections = config.Connections{
		ClientID: "partner", ClientSecret: fixed("partner-secret"), Database: fixed(filepath.Join(dir, "accounts.db")), Keys: fixed(keyText),
	}
	cfg.Audit = config.Audit{
		Dir: filepath.Join(dir, "trail"), Database: fixed(filepath.Join(dir, "trail.db")), Mode: "required", Retention: 24 * time.Hour,
		ChainKey: fixed(keyText),
	}
	cfg.Webhook = config.Webhook{Secret: fixed("a webhook secret of some length")}
	cfg.Admin = config.Admin{Users: []string{"alice"}, Groups: []string{"admins"}}
	cfg.Pages = config.Pages{Title: "Our spaces", Languages: []string{"en", "de"}, FrameAncestors: []string{"self", "https://portal.example.com"}}
	return cfg
}

func TestEveryPartIsThere(t *testing.T) {
	g := build(t, everything(t))
	origin, _ := running(t, g)
	c := client(t)
	if res, body := get(t, c, origin+"/pme/token?modelId="+office, "X-User", "alice", "X-Forwarded-For", "198.51.100.1, 203.0.113.9"); res.StatusCode != http.StatusOK {
		t.Fatalf("%d %s", res.StatusCode, body)
	}
	for path, want := range map[string]string{
		"/pme/connect/":       "Matterport",
		"/pme-admin/":         "alice",
		"/pme-admin/events":   "configured",
		"/pme/view/" + office: "Head office",
	} {
		if res, body := get(t, c, origin+path, "X-User", "alice", "Accept", "text/html", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document"); res.StatusCode != http.StatusOK || !has(body, want) {
			t.Errorf("%s: %d, want 200 with %q: %.300s", path, res.StatusCode, want, body)
		}
	}
	if res, _ := get(t, c, origin+"/pme-admin/", "X-User", "bob"); res.StatusCode != http.StatusNotFound {
		t.Errorf("bob is an administrator: %d", res.StatusCode)
	}
	if res, _ := get(t, c, origin+"/pme-admin/", "X-User", "bob", "X-Groups", "staff,admins"); res.StatusCode != http.StatusOK {
		t.Errorf("a member of admins is none: %d", res.StatusCode)
	}
	if res, _ := get(t, c, origin+"/pme-admin", "X-User", "alice"); res.Header.Get("Location") != "pme-admin/" {
		t.Errorf("%d to %q", res.StatusCode, res.Header.Get("Location"))
	}
	_, body := get(t, c, origin+"/readyz")
	var report struct{ Parts map[string]string }
	if err := json.Unmarshal([]byte(body), &report); err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"matterport", "tokens", "policy", "connections", "matterport_accounts", "secrets", "audit"} {
		if report.Parts[part] != "ok" {
			t.Errorf("%s is %q: %s", part, report.Parts[part], body)
		}
	}
	if res, _ := send(t, c, http.MethodPost, origin+"/matterport-events", "{}"); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("webhook: %s", res.Status)
	}
}

// In the mode required the grant is in the trail before the token is out, with the address that the proxy says. There is one sink: of
// several, one that has it is enough.
func TestTheTrailHasTheGrantAndTheClient(t *testing.T) {
	cfg := everything(t)
	cfg.Audit.Dir = ""
	g := build(t, cfg)
	origin, _ := running(t, g)
	if res, body := get(t, client(t), origin+"/pme/token?modelId="+office, "X-User", "alice", "X-Forwarded-For", "198.51.100.1, 203.0.113.9"); res.StatusCode != http.StatusOK {
		t.Fatalf("%d %s", res.StatusCode, body)
	}
	var clients []string
	for record, err := range g.Trail().Records(t.Context(), audit.Query{Kinds: []event.Kind{event.TokenGranted}}) {
		if err != nil {
			t.Fatal(err)
		}
		clients = append(clients, record.User+" at "+record.Client)
	}
	if len(clients) != 1 || clients[0] != "alice at 203.0.113.9" {
		t.Errorf("%q", clients)
	}
}

func TestMetricsHaveAListenerOfTheirOwn(t *testing.T) {
	cfg := small(t)
	cfg.Metrics.Addr = "unix:" + filepath.Join(t.TempDir(), "metrics.sock")
	origin, _ := running(t, build(t, cfg))
	get(t, client(t), origin+"/pme/token?modelId="+office, "X-User", "alice")
	c := socketClient(t, strings.TrimPrefix(cfg.Metrics.Addr, "unix:"))
	if res, body := get(t, c, "http://metrics/metrics"); res.StatusCode != http.StatusOK || !has(body, "pme_", "go_goroutines") || has(body, "alice", office) {
		t.Errorf("%d %.500s", res.StatusCode, body)
	}
}

// On a socket the proxy alone can connect, so its headers count.
func TestASocketIsServed(t *testing.T) {
	cfg := small(t)
	path := filepath.Join(t.TempDir(), "http.sock")
	cfg.Addr, cfg.BaseURL, cfg.Login.Headers.Proxies = "unix:"+path, "https://intranet.example.com/apps", nil
	_, stop := running(t, build(t, cfg))
	c := socketClient(t, path)
	if res, body := get(t, c, "http://intranet.example.com/pme/token?modelId="+office, "X-User", "alice"); res.StatusCode != http.StatusOK {
		t.Errorf("%d %s", res.StatusCode, body)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("the socket is left: %v", err)
	}
}

func TestSeveralGatesAreAskedInOrder(t *testing.T) {
	cfg := small(t)
	cfg.Login.OIDC = &config.OIDC{Issuer: "https://id.example.com", ClientID: "intranet"}
	cfg.Login.Headers.Proxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}
	g := build(t, cfg)
	origin, _ := running(t, g)
	c := client(t)
	if res, body := get(t, c, origin+"/pme/token?modelId="+office, "X-User", "alice"); res.StatusCode != http.StatusOK {
		t.Errorf("by header: %d %s", res.StatusCode, body)
	}
	res, _ := get(t, c, origin+"/pme/", "Accept", "text/html")
	if to := res.Header.Get("Location"); res.StatusCode != http.StatusFound || to != "/auth/login?next=%2Fpme%2F" {
		t.Errorf("without one: %d %s", res.StatusCode, to)
	}
}

func TestClosingTwiceIsNoError(t *testing.T) {
	g := build(t, everything(t))
	if err := g.Close(); err != nil {
		t.Error(err)
	}
}

func TestAGrantWaitsForTheTrailIfItMust(t *testing.T) {
	for mode, want := range map[string]bool{"required": true, "best_effort": false} {
		cfg := small(t)
		cfg.Audit = config.Audit{Dir: t.TempDir(), Mode: mode}
		if got := build(t, cfg).Events().Records(); got != want {
			t.Errorf("%s: %v", mode, got)
		}
	}
}
