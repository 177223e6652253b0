package pme

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/connect"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/matterport"
	"github.com/go-pme/pme/matterport/matterporttest"
	"github.com/go-pme/pme/middleware"
)

const space = "SxQL3iGyoDo"

// complete has every route that there is. A request's Person header says who is signed in.
func complete(t *testing.T, change ...func(*Config)) *Handler {
	t.Helper()
	up := matterporttest.NewServer(t, matterporttest.Config{Models: []matterporttest.Model{{ID: space, Name: "Head office"}}})
	app, err := matterport.NewOAuthApp(matterport.OAuthConfig{
		ClientID: matterporttest.DefaultOAuthClientID, ClientSecret: matterporttest.DefaultOAuthClientSecret,
		RedirectURL: "http://127.0.0.1/pme/connect/callback", Scopes: []matterport.Scope{matterport.ScopeViewDetails}, BaseURL: up.URL,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = app.Close() })
	connections, err := connect.New(connect.Config{App: app, Store: connect.NewMemory()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = connections.Close() })
	gate, err := middleware.New(middleware.Func(func(r *http.Request) (identity.User, error) {
		return identity.User{ID: r.Header.Get("Person")}, nil
	}), middleware.Config{LoginURL: "/login"})
	if err != nil {
		t.Fatal(err)
	}
	cfg := Config{
		ClientID: matterporttest.DefaultClientID, ClientSecret: matterporttest.DefaultClientSecret, APIURL: up.URL, HTTPClient: up.Client(),
		Authenticate: gate,
		Access:       access.List{{Users: []string{"alice"}, Models: []string{space}}},
		Connections:  connections,
	}
	for _, f := range change {
		f(&cfg)
	}
	h, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close() })
	return h
}

func do(t *testing.T, h http.Handler, method, person, target string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	if strings.HasPrefix(target, "/watch") {
		leave() // a stream ends when the browser leaves
	}
	r := httptest.NewRequestWithContext(ctx, method, target, nil)
	r.Header.Set("Person", person)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// address is one address of the route.
func (rt route) address() string { return "/" + strings.Replace(rt.path, "{model}", space, 1) }

// endpoints are the routes and their methods, as lists in the documentation name them.
func endpoints(t *testing.T, h *Handler) map[string]string {
	t.Helper()
	lasting := regexp.MustCompile(`\.[0-9a-f]{16}\.`) // the documentation mentions these beside the others
	all := make(map[string]string)
	for _, rt := range h.table() {
		if lasting.MatchString(rt.path) {
			continue
		}
		method, _, _ := strings.Cut(do(t, h, "BREW", "alice", rt.address()).Header().Get("Allow"), ",")
		name := rt.path
		if name == "" {
			name = "."
		}
		all[name] = method
	}
	return all
}

func TestDocumentationListsTheRoutes(t *testing.T) {
	want := endpoints(t, complete(t))
	read := func(file string) string {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	inDoc := make(map[string]string)
	for _, m := range regexp.MustCompile(`(?m)^//\t(GET|POST) +(\S+) `).FindAllStringSubmatch(read("pme.go"), -1) {
		inDoc[m[2]] = m[1]
	}
	if diff := cmp.Diff(want, inDoc); diff != "" {
		t.Errorf("documentation of Handler (-routes +documented):\n%s", diff)
	}
	inTable := make(map[string]string)
	_, section, _ := strings.Cut(read("docs/endpoints.md"), "\n## Spaces of your account\n")
	section, _, _ = strings.Cut(section, "\n## ")
	for _, row := range regexp.MustCompile("(?m)^\\| `.*? \\|").FindAllString(section, -1) {
		for _, m := range regexp.MustCompile("`(GET|POST) ([^`?]+)").FindAllStringSubmatch(row, -1) {
			inTable[strings.Replace(m[2], "/ID", "/{model}", 1)] = m[1]
		}
	}
	if diff := cmp.Diff(want, inTable); diff != "" {
		t.Errorf("docs/endpoints.md (-routes +documented):\n%s", diff)
	}
}

func TestPublicRoutesAreTheAssets(t *testing.T) {
	h := complete(t)
	for _, rt := range h.table() {
		w := do(t, h, http.MethodGet, "", rt.address())
		if asset := strings.HasPrefix(rt.path, "pme."); (w.Code != http.StatusUnauthorized) != asset {
			t.Errorf("%q without a user: %d", rt.path, w.Code)
		}
	}
}

func TestCloseRefusesEveryPrivateRoute(t *testing.T) {
	h := complete(t)
	mux := http.NewServeMux()
	h.Mount(mux, "/pme")
	for _, rt := range h.table() {
		do(t, h, http.MethodGet, "alice", rt.address()+"?modelId="+space) // so that there is something to serve
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	targets := map[string]bool{"/connect": false, "/connect/token": false, "/connect/connect.js": true}
	for _, rt := range h.table() {
		targets[rt.address()] = strings.HasPrefix(rt.path, "pme.") // an asset
	}
	for target, open := range targets {
		for _, person := range []string{"alice", ""} {
			for _, accept := range []string{"application/json", "text/html"} {
				w := do(t, mux, http.MethodGet, person, "/pme"+target+"?modelId="+space, "Accept", accept)
				if open && w.Code != http.StatusOK {
					t.Errorf("%s: %d, want 200", target, w.Code)
				}
				if !open && (w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" || !strings.HasPrefix(w.Header().Get("Content-Type"), accept)) {
					t.Errorf("%s for %q as %s: %d %v", target, person, accept, w.Code, w.Header())
				}
			}
		}
	}
}

// The page that is shown after Close finds its style.
func TestPageAfterCloseLeadsToTheMountPoint(t *testing.T) {
	h := complete(t)
	mux := http.NewServeMux()
	h.Mount(mux, "/pme")
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	style := regexp.MustCompile(`href="([^"]*pme\.[0-9a-f]+\.css)"`)
	for _, target := range []string{"/pme/", "/pme/view/" + space, "/pme/signed-in", "/pme/token", "/pme/connect", "/pme/connect/", "/pme/connect/done", "/pme/connect/view/" + space} {
		w := do(t, mux, http.MethodGet, "alice", target, "Accept", "text/html")
		m := style.FindStringSubmatch(w.Body.String())
		if m == nil {
			t.Errorf("%s: no style in %s", target, w.Body)
			continue
		}
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, target, nil)
		at, err := r.URL.Parse(m[1])
		if err != nil || !strings.HasPrefix(at.Path, "/pme/pme.") {
			t.Errorf("%s: the style is at %v", target, at)
		}
	}
}
