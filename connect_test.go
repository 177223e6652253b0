package pme_test

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-pme/pme"
	"github.com/go-pme/pme/connect"
	connectstore "github.com/go-pme/pme/connect/store"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/matterport"
	"github.com/go-pme/pme/matterport/matterporttest"
	"github.com/go-pme/pme/middleware"
)

// newConnections lets people connect accounts at the emulator.
func newConnections(t *testing.T, up *matterporttest.Running) *connect.Connections {
	t.Helper()
	return newConnectionsIn(t, up, connect.NewMemory(), nil)
}

func newConnectionsIn(t *testing.T, up *matterporttest.Running, records connectstore.Store, allow func(context.Context, *identity.User) (bool, error)) *connect.Connections {
	t.Helper()
	app, err := matterport.NewOAuthApp(matterport.OAuthConfig{
		ClientID: matterporttest.DefaultOAuthClientID, ClientSecret: matterporttest.DefaultOAuthClientSecret,
		RedirectURL: "http://127.0.0.1/pme/connect/callback", Scopes: []matterport.Scope{matterport.ScopeViewDetails},
		BaseURL: up.URL, AuthorizeURL: up.URL + "/oauth/authorize", HTTPClient: up.Client(),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = app.Close() })
	connections, err := connect.New(connect.Config{App: app, Store: records, Allow: allow})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = connections.Close() })
	return connections
}

func TestConnectedAccountsAreServedBelowConnect(t *testing.T) {
	up := matterporttest.NewServer(t, matterporttest.Config{})
	connections := newConnections(t, up)
	with, _ := newHandler(t, func(c *pme.Config) { c.Connections = connections })
	without, _ := newHandler(t, nil)

	mounted := http.NewServeMux()
	with.Mount(mounted, "/pme")
	stripped := http.NewServeMux()
	stripped.Handle("/pme/", http.StripPrefix("/pme", with))
	none := http.NewServeMux()
	without.Mount(none, "/pme")

	get := func(h http.Handler, path, person string) *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
		r.Header.Set("Person", person)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	for name, mux := range map[string]http.Handler{"Mount": mounted, "StripPrefix": stripped} {
		for path, want := range map[string]struct {
			status int
			body   string
		}{
			"/pme/connect":             {200, `"connections":[]`},
			"/pme/connect/":            {200, "Connect an account"},
			"/pme/connect/token":       {404, `"error":"not_connected"`},
			"/pme/connect/nothing":     {404, `"error":"invalid_request"`},
			"/pme/connections":         {404, `"error":"invalid_request"`},
			"/pme/models":              {200, office},
			"/pme/connect/connect.js":  {200, "export"},
			"/pme/connect/../settings": {307, ""},
		} {
			if w := get(mux, path, "alice"); w.Code != want.status || !strings.Contains(w.Body.String(), want.body) {
				t.Errorf("%s %s: %d %s", name, path, w.Code, w.Body)
			}
		}
		for path, status := range map[string]int{"/pme/connect": 401, "/pme/connect/token": 401, "/pme/connect/": 401, "/pme/connect/connect.js": 200} {
			if w := get(mux, path, ""); w.Code != status {
				t.Errorf("%s %s for nobody: %d", name, path, w.Code)
			}
		}
	}
	for _, path := range []string{"/pme/connect", "/pme/connect/", "/pme/connect/token"} {
		if w := get(none, path, "alice"); w.Code != http.StatusNotFound {
			t.Errorf("%s without connections: %d", path, w.Code)
		}
	}
}

// What RevokeUser takes back is what was issued by Private Model Embed. An account stays connected when its
// person signs out, or there would be no point in connecting it.
func TestRevokedUserStaysConnected(t *testing.T) {
	up := matterporttest.NewServer(t, matterporttest.Config{})
	connections := newConnections(t, up)
	h, _ := newHandler(t, func(c *pme.Config) { c.Connections = connections })
	alice := &identity.User{ID: "alice"}
	attempt, err := connections.Begin(t.Context(), alice, connect.Request{})
	if err != nil {
		t.Fatal(err)
	}
	back, err := up.Allow(attempt.AuthorizeURL, "")
	if err != nil {
		t.Fatal(err)
	}
	address, err := url.Parse(back)
	if err != nil {
		t.Fatal(err)
	}
	callback, _ := connect.ReadCallback(address.Query())
	if _, err := connections.Finish(t.Context(), alice, callback, string(attempt.Proof)); err != nil {
		t.Fatal(err)
	}
	if _, err := h.RevokeUser(t.Context(), "alice"); err != nil {
		t.Fatal(err)
	}
	if _, err := connections.Token(t.Context(), alice, ""); err != nil {
		t.Error(err)
	}
}

// The pages of connected accounts learn of a sign-out as other pages do, and their streams end with the handler.
func TestPagesOfConnectedAccountsAreTold(t *testing.T) {
	up := matterporttest.NewServer(t, matterporttest.Config{})
	connections := newConnections(t, up)
	for what, test := range map[string]struct {
		end  func(h *pme.Handler, out *atomic.Bool) error
		want string
	}{
		"signed out": {func(h *pme.Handler, out *atomic.Bool) error {
			out.Store(true)
			_, err := h.RevokeUser(t.Context(), "alice")
			return err
		}, `"login_required"`},
		"signed out, and everything revoked": {func(h *pme.Handler, out *atomic.Bool) error {
			out.Store(true)
			_, err := h.RevokeAll(t.Context())
			return err
		}, `"login_required"`},
		"closed": {func(h *pme.Handler, _ *atomic.Bool) error { return h.Close() }, ""},
	} {
		t.Run(what, func(t *testing.T) {
			var out atomic.Bool
			gate, err := middleware.New(middleware.Func(func(*http.Request) (identity.User, error) {
				if out.Load() {
					return identity.User{}, nil
				}
				return identity.User{ID: "alice"}, nil
			}), middleware.Config{})
			if err != nil {
				t.Fatal(err)
			}
			h, _ := newHandler(t, func(c *pme.Config) { c.Connections, c.Authenticate = connections, gate })
			server := httptest.NewServer(h)
			defer server.Close()
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second) // less than the time after which a stream asks by itself
			defer cancel()
			r, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+"/connect/watch", nil)
			if err != nil {
				t.Fatal(err)
			}
			res, err := server.Client().Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			events := bufio.NewReader(res.Body)
			for line := ""; !strings.Contains(line, "not_connected"); { // the first thing to tell
				if line, err = events.ReadString('\n'); err != nil {
					t.Fatal(err)
				}
			}
			if err := test.end(h, &out); err != nil {
				t.Fatal(err)
			}
			if rest, err := io.ReadAll(events); err != nil || !strings.Contains(string(rest), test.want) {
				t.Errorf("%q, %v", rest, err)
			}
		})
	}
}
