package serve_test

import (
	"context"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/go-pme/pme/cmd/pme/internal/config"
	"github.com/go-pme/pme/cmd/pme/internal/serve"
	"github.com/go-pme/pme/matterport/matterporttest"
)

const warehouse = "yyHDFKzPzvN"

// A site is a gateway with a login at a provider, as browsers find it.
type site struct {
	base     string // ends without a slash
	paths    config.Paths
	provider *provider
	up       *matterporttest.Running
}

// newSite serves a gateway. If there is a prefix, a proxy in front takes it off.
func newSite(t *testing.T, prefix string, paths config.Paths) *site {
	t.Helper()
	s := &site{provider: newProvider(t)}
	s.up = matterporttest.NewServer(t, matterporttest.Config{Models: []matterporttest.Model{{ID: office, Name: "Head office"}, {ID: warehouse, Name: "Warehouse"}}})
	cfg := small(t)
	cfg.Matterport.APIURL, cfg.Matterport.ShowcaseURL = s.up.URL, s.up.URL
	if err := os.WriteFile(cfg.Access.File, []byte("rules:\n  - groups: [friends-of-alice]\n    models: ["+office+"]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	listener, err := serve.Listen(t.Context(), &cfg)
	if err != nil {
		t.Fatal(err)
	}
	cfg.BaseURL = "http://" + cfg.Addr
	if prefix != "" {
		cfg.BaseURL = front(t, prefix, cfg.Addr) + prefix
	}
	s.base, cfg.Paths = cfg.BaseURL, paths
	cfg.Login = config.Login{OIDC: &config.OIDC{Issuer: s.provider.URL, ClientID: oidcClient, ClientSecret: fixed(oidcSecret)}}
	s.paths = config.Paths{Spaces: "/pme", Auth: "/auth"}
	if paths.Spaces != "" {
		s.paths = paths
	}
	s.provider.callback = s.base + s.paths.Auth + "/callback"
	g := build(t, cfg)
	runs(t, func(ctx context.Context, ready func(string)) error { return g.Serve(ctx, listener, ready) })
	return s
}

// front starts a proxy that takes a prefix off. What is not below it is not there.
func front(t *testing.T, prefix, gateway string) string {
	t.Helper()
	transport := new(http.Transport)
	proxy := &httputil.ReverseProxy{Transport: transport, Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(&url.URL{Scheme: "http", Host: gateway})
	}}
	server := httptest.NewServer(http.StripPrefix(prefix, proxy))
	t.Cleanup(func() {
		server.Close()
		transport.CloseIdleConnections()
	})
	return server.URL
}

// A browser has cookies, and follows redirects.
type browser struct{ *http.Client }

func newBrowser(t *testing.T) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := client(t)
	c.Jar, c.CheckRedirect = jar, nil
	return &browser{c}
}

// A page is what a browser shows.
type page struct {
	status int
	url    *url.URL
	body   string
}

// visit opens a page, or sends a form as a page of the origin would.
func (b *browser) visit(t *testing.T, address string, form url.Values, origin string) page {
	t.Helper()
	method := http.MethodGet
	if form != nil {
		method = http.MethodPost
	}
	r, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", "text/html")
	r.Header.Set("Sec-Fetch-Mode", "navigate")
	r.Header.Set("Sec-Fetch-Dest", "document")
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", origin)
	}
	res, err := b.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return page{res.StatusCode, res.Request.URL, string(body)}
}

var request = regexp.MustCompile(`name="request" value="([^"]*)"`)

// signIn opens the gallery, and signs in at the provider, to which that leads.
func (b *browser) signIn(t *testing.T, s *site, name, password string) page {
	t.Helper()
	at := b.visit(t, s.base+s.paths.Spaces+"/", nil, "")
	asked := request.FindStringSubmatch(at.body)
	if at.status != http.StatusOK || !strings.HasPrefix(at.url.String(), s.provider.URL+"/authorize?") || asked == nil {
		t.Fatalf("%d at %s: %s", at.status, at.url, at.body)
	}
	return b.visit(t, s.provider.URL+"/authorize", url.Values{
		"request": {html.UnescapeString(asked[1])}, "name": {name}, "password": {password},
	}, s.provider.URL)
}

// token asks for the token of a space.
func (s *site) token(t *testing.T, c *http.Client, model string, headers ...string) (reply, string) {
	t.Helper()
	return get(t, c, s.base+s.paths.Spaces+"/token?modelId="+model, headers...)
}

func TestPeopleSignInAtAProvider(t *testing.T) {
	for name, c := range map[string]struct {
		prefix string
		paths  config.Paths
	}{
		"at the root":                   {},
		"below a prefix":                {prefix: "/apps/portal"},
		"at other paths":                {paths: config.Paths{Spaces: "/apps/spaces", Auth: "/apps/sign/in"}},
		"at other paths below a prefix": {prefix: "/apps", paths: config.Paths{Spaces: "/apps/spaces", Auth: "/sign/in"}},
	} {
		t.Run(name, func(t *testing.T) { signsInAndOut(t, newSite(t, c.prefix, c.paths)) })
	}
}

func signsInAndOut(t *testing.T, s *site) {
	alice, bob := newBrowser(t), newBrowser(t)
	if res, body := s.token(t, alice.Client, office); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("before: %d %s", res.StatusCode, body)
	}
	if at := alice.signIn(t, s, "alice", "a guess"); at.status != http.StatusUnauthorized {
		t.Errorf("with a wrong password: %d at %s", at.status, at.url)
	}
	at := alice.signIn(t, s, "alice", "wonderland")
	if at.status != http.StatusOK || !strings.HasPrefix(at.url.String(), s.base+s.paths.Spaces+"/") || !has(at.body, "Head office") || has(at.body, "Warehouse") {
		t.Fatalf("%d at %s: %.400s", at.status, at.url, at.body)
	}
	if res, body := s.token(t, alice.Client, office); res.StatusCode != http.StatusOK || !has(body, "access_token") || len(s.up.LiveTokens()) != 1 {
		t.Errorf("the allowed space: %d %s", res.StatusCode, body)
	}
	if res, body := s.token(t, alice.Client, warehouse); res.StatusCode != http.StatusForbidden || has(body, "access_token") {
		t.Errorf("another space: %d %s", res.StatusCode, body)
	}
	if at := bob.signIn(t, s, "bob", "builder"); at.status != http.StatusOK || has(at.body, "Head office") {
		t.Errorf("bob: %d at %s: %.400s", at.status, at.url, at.body)
	}
	if res, body := s.token(t, bob.Client, office); res.StatusCode != http.StatusForbidden {
		t.Errorf("bob: %d %s", res.StatusCode, body)
	}
	s.signsOut(t, alice)
	if res, body := s.token(t, bob.Client, office); res.StatusCode != http.StatusForbidden {
		t.Errorf("bob is signed out too: %d %s", res.StatusCode, body)
	}
}

// signsOut sees that signing out ends the session, a copy of its cookies and the token.
func (s *site) signsOut(t *testing.T, b *browser) {
	t.Helper()
	home, err := url.Parse(s.base + s.paths.Spaces + "/")
	if err != nil {
		t.Fatal(err)
	}
	var copied []string
	for _, c := range b.Jar.Cookies(home) {
		copied = append(copied, c.Name+"="+c.Value)
	}
	copies := []string{"Cookie", strings.Join(copied, "; ")}
	if res, body := s.token(t, client(t), office, copies...); res.StatusCode != http.StatusOK {
		t.Fatalf("copied cookies: %d %s", res.StatusCode, body)
	}
	logout := s.base + s.paths.Auth + "/logout"
	if at := b.visit(t, logout, url.Values{}, "https://attacker.example"); at.status != http.StatusForbidden {
		t.Errorf("another site signs people out: %d at %s", at.status, at.url)
	}
	if res, _ := s.token(t, b.Client, office); res.StatusCode != http.StatusOK {
		t.Errorf("signed out by another site: %d", res.StatusCode)
	}
	origin := home.Scheme + "://" + home.Host
	if at := b.visit(t, logout, url.Values{}, origin); at.status != http.StatusOK || !strings.HasPrefix(at.url.String(), s.provider.URL+"/end?") || s.provider.signedOut() != 1 {
		t.Errorf("signing out: %d at %s", at.status, at.url)
	}
	if res, body := s.token(t, b.Client, office); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("afterwards: %d %s", res.StatusCode, body)
	}
	if res, body := s.token(t, client(t), office, copies...); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("copied cookies afterwards: %d %s", res.StatusCode, body)
	}
	if left := s.up.LiveTokens(); len(left) != 0 {
		t.Errorf("%d tokens are left", len(left))
	}
}
