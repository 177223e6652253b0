package serve_test

import (
	"net/http"
	"net/http/cookiejar"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-pme/pme/cmd/pme/internal/config"
	"github.com/go-pme/pme/cmd/pme/internal/serve"
	"github.com/go-pme/pme/matterport/matterporttest"
)

func demo(t *testing.T, cfg config.Config) *serve.Gateway {
	t.Helper()
	g, err := serve.Demo(t.Context(), cfg, quiet())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := g.Close(); err != nil {
			t.Error(err)
		}
	})
	return g
}

// signedIn returns a client that has signed in.
func signedIn(t *testing.T, origin, who, password string) (*http.Client, reply) {
	t.Helper()
	c := client(t)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c.Jar = jar
	form := url.Values{"username": {who}, "password": {password}, "next": {"/pme/view/" + office}}
	res, _ := send(t, c, http.MethodPost, origin+"/login", form.Encode())
	return c, res
}

func TestTheDemoShowsASpace(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	g := demo(t, config.Config{Addr: "127.0.0.1:0"})
	origin, _ := running(t, g)
	c, res := signedIn(t, origin, "alice", "demo")
	if to := res.Header.Get("Location"); res.StatusCode != http.StatusSeeOther || to != "/pme/view/"+office {
		t.Errorf("%s to %s", res.Status, to)
	}
	if res, body := get(t, c, origin+"/pme/view/"+office, "Accept", "text/html"); res.StatusCode != http.StatusOK || !has(body, office) {
		t.Errorf("%s %.300s", res.Status, body)
	}
	if res, body := get(t, c, origin+"/pme/token?modelId="+office); res.StatusCode != http.StatusOK || !has(body, "access_token") {
		t.Errorf("%s %s", res.Status, body)
	}
	if res, _ := get(t, c, origin+"/pme/token?modelId=Zh14WDtkjdC"); res.StatusCode != http.StatusForbidden {
		t.Errorf("a space of bob's: %s", res.Status)
	}
	if _, res := signedIn(t, origin, "alice", "wrong"); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("a wrong password: %s", res.Status)
	}
	if _, res := signedIn(t, origin, "mallory", "demo"); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("a stranger: %s", res.Status)
	}
	at, err := url.Parse(origin)
	if err != nil {
		t.Fatal(err)
	}
	var copied []string
	for _, cookie := range c.Jar.Cookies(at) {
		copied = append(copied, cookie.Name+"="+cookie.Value)
	}
	if res, _ := send(t, c, http.MethodPost, origin+"/logout", ""); res.StatusCode != http.StatusSeeOther {
		t.Errorf("signing out: %s", res.Status)
	}
	if res, _ := get(t, client(t), origin+"/pme/models", "Cookie", strings.Join(copied, "; ")); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("a copy of the cookie, after signing out: %s", res.Status)
	}
}

func TestTheDemoLeavesNothingBehind(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	g, err := serve.Demo(t.Context(), config.Config{}, quiet())
	if err != nil {
		t.Fatal(err)
	}
	if err := g.Close(); err != nil {
		t.Error(err)
	}
	cfg := config.Config{Matterport: config.Matterport{ClientID: "half"}}
	if _, err := serve.Demo(t.Context(), cfg, quiet()); err == nil || !has(err.Error(), "matterport.client_secret") {
		t.Errorf("half of the credentials: %v", err)
	}
	if left, err := os.ReadDir(dir); len(left) != 0 || err != nil {
		t.Errorf("%v, %v", left, err)
	}
}

// With the credentials of an account, the demo shows that account.
func TestTheDemoShowsARealAccount(t *testing.T) {
	up := matterporttest.NewServer(t, matterporttest.Config{ClientID: "ours", ClientSecret: "ours-secret"})
	cfg := config.Config{Addr: "127.0.0.1:0", Matterport: config.Matterport{ClientID: "ours", ClientSecret: fixed("ours-secret"), APIURL: up.URL}}
	if serve.Emulated(cfg) {
		t.Error("it is emulated")
	}
	origin, _ := running(t, demo(t, cfg))
	c, _ := signedIn(t, origin, "alice", "demo")
	if res, body := get(t, c, origin+"/pme/token?modelId="+office); res.StatusCode != http.StatusOK {
		t.Errorf("%s %s", res.Status, body)
	}
}

func TestTheDemoIsForThisMachineAndNoConfiguration(t *testing.T) {
	list := filepath.Join(t.TempDir(), "allow.yaml")
	for name, test := range map[string]struct {
		cfg  config.Config
		want bool
	}{
		"nothing":          {config.Config{}, true},
		"a port":           {config.Config{Addr: "localhost:0"}, true},
		"IPv6":             {config.Config{Addr: "[::1]:8080"}, true},
		"an account":       {config.Config{Matterport: config.Matterport{ClientID: "x"}}, true},
		"all addresses":    {config.Config{Addr: ":8080"}, false},
		"another machine":  {config.Config{Addr: "10.0.0.1:8080"}, false},
		"a socket":         {config.Config{Addr: "unix:/run/x"}, false},
		"a list":           {config.Config{Access: config.Access{File: list}}, false},
		"a login":          {config.Config{Login: config.Login{Headers: &config.Headers{}}}, false},
		"a login URL":      {config.Config{Login: config.Login{URL: "/login"}}, false},
		"a public address": {config.Config{BaseURL: "https://intranet.example.com"}, false},
		"proxies":          {config.Config{Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.1/32")}}, false},
	} {
		if got := serve.IsDemo(test.cfg); got != test.want {
			t.Errorf("%s: %v", name, got)
		}
		if !test.want {
			if g, err := serve.Demo(t.Context(), test.cfg, quiet()); err == nil {
				_ = g.Close()
				t.Errorf("%s: a demo", name)
			}
		}
	}
}
