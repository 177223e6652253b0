//go:build unix

package endurance_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-pme/pme/connect"
	"github.com/go-pme/pme/connect/store"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/matterport"
	"github.com/go-pme/pme/matterport/matterporttest"
)

// upstream is an emulator of Matterport whose clock can be turned, and whose answers to refreshes can be
// held back when they have taken effect.
type upstream struct {
	*matterporttest.Server
	url  string
	turn atomic.Int64 // nanoseconds that the clock is ahead

	mu   sync.Mutex
	hold func() // called with each refresh that has taken effect, before it is answered
}

func newUpstream(t testing.TB, cfg matterporttest.Config) *upstream {
	t.Helper()
	u := new(upstream)
	cfg.OAuth.Production = true
	cfg.Now = u.now
	u.Server = matterporttest.New(cfg)
	server := httptest.NewServer(u)
	t.Cleanup(server.Close)
	u.url = server.URL
	return u
}

func (u *upstream) now() time.Time { return time.Now().Add(time.Duration(u.turn.Load())) }

func (u *upstream) ahead(d time.Duration) { u.turn.Add(int64(d)) }

func (u *upstream) holding(f func()) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.hold = f
}

func (u *upstream) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	u.mu.Lock()
	hold := u.hold
	u.mu.Unlock()
	if hold == nil || !strings.HasSuffix(r.URL.Path, "/oauth/token") {
		u.Server.ServeHTTP(w, r)
		return
	}
	answer := httptest.NewRecorder()
	u.Server.ServeHTTP(answer, r)
	hold()
	for name, values := range answer.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(answer.Code)
	_, _ = answer.Body.WriteTo(w)
}

// app is the application at the emulator of that address. Its clock is the process's own: that of
// Matterport it learns from the answers.
func app(t testing.TB, url string, now func() time.Time) *matterport.OAuthApp {
	t.Helper()
	a, err := matterport.NewOAuthApp(matterport.OAuthConfig{
		ClientID: matterporttest.DefaultOAuthClientID, ClientSecret: matterporttest.DefaultOAuthClientSecret,
		RedirectURL: "https://portal.example.com/connect/callback",
		Scopes:      []matterport.Scope{matterport.ScopeViewDetails},
		BaseURL:     url, AuthorizeURL: url + "/oauth/authorize",
		Now: now,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	return a
}

// over returns connections on a store.
func over(t testing.TB, a *matterport.OAuthApp, store store.Store) *connect.Connections {
	t.Helper()
	c, err := connect.New(connect.Config{App: a, Store: store})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// connectAccount lets the user connect an account.
func (u *upstream) connectAccount(t testing.TB, c *connect.Connections, user *identity.User) {
	t.Helper()
	a, err := c.Begin(t.Context(), user, connect.Request{})
	if err != nil {
		t.Fatal(err)
	}
	back, err := u.Allow(a.AuthorizeURL, "harbour")
	if err != nil {
		t.Fatal(err)
	}
	address, err := url.Parse(back)
	if err != nil {
		t.Fatal(err)
	}
	cb, _ := connect.ReadCallback(address.Query())
	if _, err := c.Finish(t.Context(), user, cb, string(a.Proof)); err != nil {
		t.Fatal(err)
	}
}
