package accounts_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-pme/pme/accounts"
	"github.com/go-pme/pme/connect"
	"github.com/go-pme/pme/connect/store"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/stream/streamtest"
	"github.com/go-pme/pme/matterport"
	"github.com/go-pme/pme/middleware"
	"github.com/go-pme/pme/pages"
)

var (
	first  = strings.Repeat("A", 26)
	second = strings.Repeat("B", 26)
)

// An agency is a site whose login, rule and store a test can change, with Matterport in the form of a function.
type agency struct {
	handler     http.Handler
	accounts    *accounts.Handler
	connections *connect.Connections
	replica     *connect.Connections // another process with the same store
	store       store.Store

	mu     sync.Mutex
	out    bool  // the users are signed out
	login  error // what the gate fails with
	denied bool  // users may not use connections
	asked  int   // how often the rule was asked
}

// inBubble runs a test in a bubble, in which nothing takes time. alice has one connection.
func inBubble(t *testing.T, f func(t *testing.T, a *agency)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		a := &agency{store: connect.NewMemory()}
		a.add(t, "alice", first)
		app, err := matterport.NewOAuthApp(matterport.OAuthConfig{
			ClientID: "client-id", ClientSecret: "secret", RedirectURL: "https://portal.example.com/connect/callback",
			Scopes: []matterport.Scope{matterport.ScopeViewDetails}, HTTPClient: &http.Client{Transport: a}, Logger: slog.New(slog.DiscardHandler),
		})
		if err != nil {
			t.Fatal(err)
		}
		a.connections, a.replica = a.connect(t, app), a.connect(t, app)
		look, err := pages.New(pages.Config{})
		if err != nil {
			t.Fatal(err)
		}
		if a.accounts, err = accounts.New(accounts.Config{Connections: a.connections, Pages: look}); err != nil {
			t.Fatal(err)
		}
		gate, err := middleware.New(middleware.Func(a.recognize), middleware.Config{Logger: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		a.handler = a.accounts.Behind(gate.Require)
		f(t, a)
		for _, c := range []*connect.Connections{a.connections, a.replica} {
			if err := c.Close(); err != nil {
				t.Error(err)
			}
		}
		_ = app.Close()
		synctest.Wait()
	})
}

// RoundTrip refuses every refresh token.
func (a *agency) RoundTrip(*http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusBadRequest)
	_, _ = w.WriteString(`{"error":"invalid_grant"}`)
	return w.Result(), nil
}

func (a *agency) connect(t *testing.T, app *matterport.OAuthApp) *connect.Connections {
	t.Helper()
	c, err := connect.New(connect.Config{App: app, Store: a.store, Allow: a.allow, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// add stores a connection.
func (a *agency) add(t *testing.T, user, id string) {
	t.Helper()
	r := &store.Record{Key: store.Key{User: user, ID: id}, RefreshToken: "a refresh token", AccessToken: "an access token", Connected: time.Now()}
	if err := a.store.Create(t.Context(), r, 10); err != nil {
		t.Fatal(err)
	}
}

// update changes a stored connection as another process does.
func (a *agency) update(t *testing.T, change func(*store.Record)) {
	t.Helper()
	err := a.store.Update(t.Context(), store.Key{User: "alice", ID: first}, func(_ context.Context, r *store.Record) error {
		change(r)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (a *agency) change(f func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	f()
}

func (a *agency) recognize(r *http.Request) (identity.User, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.login != nil || a.out {
		return identity.User{}, a.login
	}
	return identity.User{ID: r.Header.Get("Person")}, nil
}

func (a *agency) allow(context.Context, *identity.User) (bool, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.asked++
	return !a.denied, nil
}

func (a *agency) request(t *testing.T, method, user, target string) *http.Request {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, target, nil)
	r.Header.Set("Person", user)
	return r
}

// watch opens a stream as a user.
func (a *agency) watch(t *testing.T, user, target string) *streamtest.Tape {
	t.Helper()
	return streamtest.Read(t, a.handler, a.request(t, http.MethodGet, user, target))
}

func refused(code, text string) string {
	return fmt.Sprintf("event: refused\ndata: {\"error\":%q,\"error_description\":%q}\n\n", code, text)
}

var (
	renewed      = "event: renew\ndata: {}\n\n"
	signedOut    = refused("login_required", "Please sign in.")
	reconnect    = refused("reconnect_required", "This Matterport account has to be connected again.")
	notConnected = refused("not_connected", "This Matterport account is not connected.")
)

func TestWatchTellsOfADeletedConnectionAtOnce(t *testing.T) {
	inBubble(t, func(t *testing.T, a *agency) {
		a.add(t, "alice", second)
		a.add(t, "bob", first)
		one, other := a.watch(t, "alice", "/"+first+"/watch?modelId="+office), a.watch(t, "alice", "/"+second+"/watch")
		bob := a.watch(t, "bob", "/watch")
		one.Want(t, "at first", "", false)
		alice := &identity.User{ID: "alice"}
		if err := a.connections.Delete(t.Context(), alice, first); err != nil {
			t.Fatal(err)
		}
		one.Want(t, "deleted by its user", notConnected, false)
		other.Want(t, "another connection", "", false)
		if n, err := a.connections.DeleteUser(t.Context(), "alice"); n != 1 || err != nil {
			t.Fatal(n, err)
		}
		other.Want(t, "deleted by an operator", notConnected, false)
		bob.Want(t, "another user", "", false)
	})
}

func TestWatchTellsOfARefusedRefreshTokenAtOnce(t *testing.T) {
	inBubble(t, func(t *testing.T, a *agency) {
		b := a.watch(t, "alice", "/watch")
		w := httptest.NewRecorder()
		a.handler.ServeHTTP(w, a.request(t, http.MethodGet, "alice", "/token"))
		if !strings.Contains(w.Body.String(), `"reconnect_required"`) {
			t.Fatal(w.Body)
		}
		b.Want(t, "refused by Matterport", reconnect, false)
		time.Sleep(time.Minute)
		b.Want(t, "a minute later", "", false)
	})
}

// What another process does is not announced.
func TestWatchOfAConnectionAsksAgainByItself(t *testing.T) {
	inBubble(t, func(t *testing.T, a *agency) {
		b := a.watch(t, "alice", "/watch")
		a.update(t, func(r *store.Record) { r.RefreshToken, r.AccessToken = "", "" })
		time.Sleep(26 * time.Second)
		b.Want(t, "lost", reconnect, false)
		a.update(t, func(r *store.Record) { r.RefreshToken, r.Connected = "another", time.Now() })
		time.Sleep(26 * time.Second)
		b.Want(t, "connected again", renewed, false)
		a.update(t, func(r *store.Record) { r.RefreshToken, r.Refreshed = "the next", time.Now() })
		time.Sleep(26 * time.Second)
		b.Want(t, "renewed", "", false)
		a.update(t, func(r *store.Record) { r.Connected = time.Now() })
		time.Sleep(26 * time.Second)
		b.Want(t, "connected again, by another account perhaps", renewed, false)
		if err := a.replica.Delete(t.Context(), &identity.User{ID: "alice"}, first); err != nil {
			t.Fatal(err)
		}
		time.Sleep(26 * time.Second)
		b.Want(t, "deleted", notConnected, false)
	})
}

func TestWatchOfAConnectionAsksTheGate(t *testing.T) {
	inBubble(t, func(t *testing.T, a *agency) {
		b := a.watch(t, "alice", "/watch")
		a.change(func() { a.login = errors.New("session store away") })
		if _, err := a.connections.DeleteUser(t.Context(), "alice"); err != nil {
			t.Fatal(err)
		}
		b.Want(t, "the gate fails", "", false)
		a.change(func() { a.login, a.out = nil, true })
		time.Sleep(26 * time.Second)
		b.Want(t, "signed out", signedOut, true)
	})
}

func TestWatchOfAUserWhoMayUseNoConnection(t *testing.T) {
	inBubble(t, func(t *testing.T, a *agency) {
		b := a.watch(t, "alice", "/watch")
		a.change(func() { a.denied = true })
		time.Sleep(26 * time.Second)
		b.Want(t, "denied", refused("access_denied", "You may not connect Matterport accounts here."), false)
		asked := a.asked
		time.Sleep(time.Minute)
		if b.Want(t, "a minute later", "", false); a.asked != asked {
			t.Error("the rule was asked again")
		}
	})
}

func TestWatchOfAConnectionEnds(t *testing.T) {
	inBubble(t, func(t *testing.T, a *agency) {
		left, stays := a.watch(t, "alice", "/watch"), a.watch(t, "alice", "/watch")
		left.Leave()
		left.Want(t, "the browser leaves", "", true)
		stays.Want(t, "another browser", "", false)
		if err := a.connections.Close(); err != nil {
			t.Error(err)
		}
		stays.Want(t, "closed", "", true)
		a.watch(t, "alice", "/watch").Want(t, "later", "", true)
	})
}

func TestAUserHasFourStreamsOfConnections(t *testing.T) {
	inBubble(t, func(t *testing.T, a *agency) {
		for range 4 {
			a.watch(t, "alice", "/watch")
		}
		if b := a.watch(t, "alice", "/watch"); b.Status() != http.StatusTooManyRequests || b.Header().Get("Retry-After") != "30" {
			t.Errorf("the fifth: %d %v", b.Status(), b.Header())
		}
	})
}

func TestWatchOfAConnectionRefusesLikeOtherEndpoints(t *testing.T) {
	inBubble(t, func(t *testing.T, a *agency) {
		for what, test := range map[string]struct {
			h              http.Handler
			method, person string
			status         int
			code           string
		}{
			"no user":                  {a.handler, http.MethodGet, "", 401, "login_required"},
			"POST":                     {a.handler, http.MethodPost, "alice", 405, "invalid_request"},
			"a buffer":                 {a.handler, http.MethodGet, "alice", 501, "not_supported"},
			"a gate that is not known": {withUser(a.accounts), http.MethodGet, "alice", 501, "not_supported"},
		} {
			w := httptest.NewRecorder()
			test.h.ServeHTTP(struct{ http.ResponseWriter }{w}, a.request(t, test.method, test.person, "/watch"))
			if w.Code != test.status || !strings.Contains(w.Body.String(), `"`+test.code+`"`) {
				t.Errorf("%s: %d %s", what, w.Code, w.Body)
			}
		}
	})
}

// withUser is a host that puts its user into the request's context.
func withUser(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r.WithContext(identity.NewContext(r.Context(), &identity.User{ID: r.Header.Get("Person")})))
	})
}

func TestSettingsSayWhetherThereIsAStream(t *testing.T) {
	inBubble(t, func(t *testing.T, a *agency) {
		for h, want := range map[string]bool{"behind a gate": true, "without one": false} {
			serve := a.handler
			if !want {
				serve = withUser(a.accounts)
			}
			w := httptest.NewRecorder()
			serve.ServeHTTP(w, a.request(t, http.MethodGet, "alice", "/settings"))
			if got := strings.Contains(w.Body.String(), `"watch":true`); got != want {
				t.Errorf("%s: %s", h, w.Body)
			}
		}
	})
}
