package proxies_test

import (
	"context"
	"encoding/json"
	"html"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/sessions"

	"github.com/go-pme/pme"
	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/examples/proxies"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/matterport/matterporttest"
	"github.com/go-pme/pme/middleware"
	"github.com/go-pme/pme/middleware/oidclogin"
)

const (
	office = "SxQL3iGyoDo"
	origin = "https://example.com"
	portal = origin + "/apps/portal"
)

// setup is a proxy, and what the application is told of it.
type setup struct {
	proxy   func(t *testing.T, snippet string, replicas []string) *front
	snippet string
	prefix  string // what the proxy leaves on the path
	cfg     middleware.ProxyConfig
}

var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}

var setups = map[string]setup{
	"nginx takes the prefix off":             {nginx, "nginx/stripped.conf", "", middleware.ProxyConfig{BaseURL: portal}},
	"nginx leaves the prefix":                {nginx, "nginx/unstripped.conf", "/apps/portal", middleware.ProxyConfig{BaseURL: origin}},
	"nginx names the prefix":                 {nginx, "nginx/forwarded.conf", "", middleware.ProxyConfig{Proxies: loopback}},
	"nginx rewrites Host":                    {nginx, "nginx/rewritten.conf", "", middleware.ProxyConfig{BaseURL: portal}},
	"nginx names a prefix that is not asked": {nginx, "nginx/forwarded.conf", "", middleware.ProxyConfig{BaseURL: portal}},
	"Caddy takes the prefix off":             {caddy, "caddy/stripped.caddyfile", "", middleware.ProxyConfig{BaseURL: portal}},
}

// app makes one replica of an application.
type app func(prefix string, cfg middleware.ProxyConfig, spaces pme.Config) (http.Handler, *pme.Handler, error)

// apps are the applications by their logins. Their replicas share keys, and what the login stores.
func apps(t *testing.T) map[string]app {
	key := func(c string) []byte { return []byte(strings.Repeat(c, 32)) }
	store := sessions.NewCookieStore(key("a"), key("b"))
	store.Options = &sessions.Options{Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode}
	at := oidclogin.Config{
		Issuer: startProvider(t).URL, ClientID: "portal", ClientSecret: "secret", RedirectURL: portal + "/auth/callback",
		CookieKeys: [][]byte{key("c"), key("d")}, Store: oidclogin.NewMemoryStore(),
	}
	return map[string]app{
		"sessions": func(prefix string, cfg middleware.ProxyConfig, spaces pme.Config) (http.Handler, *pme.Handler, error) {
			return proxies.WithSessions(prefix, cfg, store, spaces)
		},
		"provider": func(prefix string, cfg middleware.ProxyConfig, spaces pme.Config) (http.Handler, *pme.Handler, error) {
			return proxies.WithProvider(prefix, cfg, at, spaces)
		},
	}
}

// visitor is a person's browser in front of a proxy with two replicas behind it.
type visitor struct {
	*testing.T
	http.Client
	log *log

	mu       sync.Mutex
	answered map[int]int // by replica
}

type log struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func newVisitor(t *testing.T, s setup, replica app) *visitor {
	t.Helper()
	v := &visitor{T: t, log: new(log), answered: make(map[int]int)}
	up := matterporttest.NewServer(t, matterporttest.Config{Models: []matterporttest.Model{{ID: office, Name: "Head office"}}})
	var addresses []string
	for range 2 {
		h, spaces, err := replica(s.prefix, s.cfg, pme.Config{
			ClientID: matterporttest.DefaultClientID, ClientSecret: matterporttest.DefaultClientSecret, APIURL: up.URL,
			Access: access.Func(func(_ context.Context, u *identity.User, model string) (bool, error) {
				return strings.HasSuffix(u.ID, "alice") && model == office, nil // at the provider, the ID has its address, too
			}),
			Logger: slog.New(slog.NewTextHandler(v.log, nil)),
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = spaces.Close() })
		server := httptest.NewServer(v.counted(h))
		t.Cleanup(server.Close)
		addresses = append(addresses, server.Listener.Addr().String())
	}
	f := s.proxy(t, s.snippet, addresses)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	v.Client = http.Client{Jar: jar, Timeout: 20 * time.Second, Transport: &http.Transport{
		TLSClientConfig: f.trusting,
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			if strings.HasPrefix(address, "example.com:") {
				network, address = "unix", f.socket
			}
			return new(net.Dialer).DialContext(ctx, network, address)
		},
	}}
	t.Cleanup(v.CloseIdleConnections)
	return v
}

// counted counts the answers of a replica.
func (v *visitor) counted(h http.Handler) http.Handler {
	v.mu.Lock()
	defer v.mu.Unlock()
	replica := len(v.answered)
	v.answered[replica] = 0
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v.mu.Lock()
		v.answered[replica]++
		v.mu.Unlock()
		h.ServeHTTP(w, r)
	})
}

// page is what a person gets to see.
type page struct {
	status int
	at     *url.URL // where redirects have led
	header http.Header
	body   string
}

// ask sends a request, and follows redirects.
func (v *visitor) ask(method, address string, form url.Values, header ...string) page {
	v.Helper()
	r, err := http.NewRequestWithContext(v.Context(), method, address, strings.NewReader(form.Encode()))
	if err != nil {
		v.Fatal(err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	resp, err := v.Do(r)
	if err != nil {
		v.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		v.Fatal(err)
	}
	return page{resp.StatusCode, resp.Request.URL, resp.Header, string(body)}
}

// open opens a page, and signs in where that is asked for.
func (v *visitor) open(address string) page {
	v.Helper()
	p := v.ask(http.MethodGet, address, nil, "Accept", "text/html", "X-Forwarded-Prefix", "/evil")
	next := regexp.MustCompile(`name="next" value="([^"]*)"`).FindStringSubmatch(p.body)
	if next == nil {
		return p
	}
	return v.ask(http.MethodPost, p.at.String(), url.Values{"user": {"alice"}, "next": {html.UnescapeString(next[1])}}, "Accept", "text/html", "Origin", origin)
}

func (v *visitor) want(what string, p page, status int, at, contains string) {
	v.Helper()
	if p.status != status || p.at.String() != at || !strings.Contains(p.body, contains) {
		v.Errorf("%s: %d at %v, want %d at %s with %s:\n%.500s\n%s", what, p.status, p.at, status, at, contains, p.body, v.log)
	}
}

// From signed out to signed out, as a person goes, at a prefix that is not the application's own.
func TestVisitBehindAProxy(t *testing.T) {
	for name, s := range setups {
		for login, replica := range apps(t) {
			t.Run(name+", "+login, func(t *testing.T) {
				v := newVisitor(t, s, replica)
				v.signIn()
				v.loadAssets()
				v.useTokens()
				v.beRefusedElsewhere()
				v.signOut(login)
			})
		}
	}
}

func (v *visitor) signIn() {
	v.Helper()
	view := v.open(portal + "/pme/view/" + office + "?a=b%20c")
	v.want("the view", view, http.StatusOK, portal+"/pme/view/"+office+"?a=b%20c", `<pme-space model="`+office+`"`)
	gallery := v.open(portal + "/pme?q=office")
	v.want("the gallery without its slash", gallery, http.StatusOK, portal+"/pme/?q=office", `href="view/`+office+`"`)
}

func (v *visitor) loadAssets() {
	v.Helper()
	view := v.open(portal + "/pme/view/" + office)
	found := regexp.MustCompile(`(?:src|href)="([^"]*pme\.[0-9a-f]+\.(js|css))"`).FindAllStringSubmatch(view.body, -1)
	if len(found) != 2 {
		v.Fatalf("%d assets in %s", len(found), view.body)
	}
	for _, asset := range found {
		at, err := view.at.Parse(html.UnescapeString(asset[1]))
		if err != nil {
			v.Fatal(err)
		}
		if p := v.ask(http.MethodGet, at.String(), nil); p.status != http.StatusOK || !strings.Contains(p.body, "pme-space") || !strings.HasPrefix(at.Path, "/apps/portal/pme/pme.") {
			v.Errorf("%v: %d", at, p.status)
		}
	}
}

func (v *visitor) useTokens() {
	v.Helper()
	for range 4 {
		p := v.ask(http.MethodGet, portal+"/pme/token?modelId="+office, nil, "Accept", "application/json")
		v.want("a token", p, http.StatusOK, portal+"/pme/token?modelId="+office, `"access_token":"`)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	for replica, n := range v.answered {
		if n == 0 {
			v.Errorf("replica %d has answered nothing", replica)
		}
	}
}

// beRefusedElsewhere revokes, from a page of the site and from one of another site, with a browser that sends Origin
// alone.
func (v *visitor) beRefusedElsewhere() {
	v.Helper()
	address := portal + "/pme/revoke"
	v.want("from evil.example", v.ask(http.MethodPost, address, nil, "Origin", "https://evil.example"), http.StatusForbidden, address, `"cross_origin"`)
	v.want("from the site", v.ask(http.MethodPost, address, nil, "Origin", origin), http.StatusOK, address, `"revoked":`)
}

func (v *visitor) signOut(login string) {
	v.Helper()
	if login == "provider" {
		v.want("signed out", v.ask(http.MethodPost, portal+"/auth/logout", url.Values{}, "Origin", origin), http.StatusOK, portal+"/", "Welcome")
	} else {
		v.Jar, _ = cookiejar.New(nil)
	}
	p := v.ask(http.MethodGet, portal+"/pme/token?modelId="+office, nil, "Accept", "application/json")
	var said map[string]string
	if err := json.Unmarshal([]byte(p.body), &said); err != nil || p.status != http.StatusUnauthorized || !strings.HasPrefix(said["login_url"], "/apps/portal/") || !strings.HasSuffix(said["login_url"], "/login") {
		v.Errorf("signed out: %d %s", p.status, p.body)
	}
}

// Without the setting, a sign-out or a revocation from the site's own page is refused, and the log says what to set.
func TestHostThatIsRewrittenAndNotSaid(t *testing.T) {
	s := setup{nginx, "nginx/rewritten.conf", "", middleware.ProxyConfig{Proxies: loopback}}
	v := newVisitor(t, s, apps(t)["provider"])
	v.open(portal + "/pme/")
	p := v.ask(http.MethodPost, portal+"/pme/revoke", nil, "Origin", origin)
	v.want("from the site", p, http.StatusForbidden, portal+"/pme/revoke", "as if it came from another site")
	for _, want := range []string{"reason=cross_origin", origin, `Host \"portal\"`, "BaseURL", "middleware.ProxyConfig"} {
		if !strings.Contains(v.log.String(), want) {
			t.Errorf("%s is not in the log:\n%s", want, v.log)
		}
	}
	p = v.ask(http.MethodPost, portal+"/auth/logout", url.Values{}, "Origin", origin) // RedirectURL says the origin
	v.want("signed out", p, http.StatusOK, portal+"/", "Welcome")
}

func TestPagesAndAssetsAreCompressedByNginx(t *testing.T) {
	v := newVisitor(t, setups["nginx takes the prefix off"], apps(t)["sessions"])
	v.open(portal + "/pme/")
	for _, path := range []string{"/pme/", "/pme/pme.js", "/pme/pme.css"} {
		p := v.ask(http.MethodGet, portal+path, nil, "Accept-Encoding", "gzip")
		if p.header.Get("Content-Encoding") != "gzip" {
			t.Errorf("%s: %v", path, p.header)
		}
	}
}

// The documentation shows the configurations that are tested.
func TestDocumentationShowsWhatIsTested(t *testing.T) {
	doc, err := os.ReadFile("../../docs/proxies.md")
	if err != nil {
		t.Fatal(err)
	}
	snippets, err := filepath.Glob("*/*.*[fe]")
	if err != nil || len(snippets) < 6 {
		t.Fatal(snippets, err)
	}
	for _, name := range snippets {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(doc), "\n"+string(text)) {
			t.Errorf("docs/proxies.md does not show %s as it is", name)
		}
	}
}
