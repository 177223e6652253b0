package pme_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme"
	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/health"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/issuer"
	"github.com/go-pme/pme/issuer/store"
	"github.com/go-pme/pme/matterport/matterporttest"
	"github.com/go-pme/pme/middleware"
	"github.com/go-pme/pme/middleware/bearer"
	"github.com/go-pme/pme/middleware/oidclogin"
)

// leak is an error text with everything that a probe must not show.
const leak = `dial tcp 10.0.0.7:5432: https://admin:hunter2@db.internal/x?token=eyJhbGciOiJI.x user alice@example.com model SxQL3iGyoDo`

var errLeak = errors.New(leak)

// switchable fails while it is broken.
type switchable struct{ broken atomic.Bool }

func (s *switchable) err() error {
	if s.broken.Load() {
		return errLeak
	}
	return nil
}

type tokenStore struct {
	store.Store
	switchable
}

func (s *tokenStore) Get(ctx context.Context, key store.Key, mark store.Mark) (*store.Entry, error) {
	if err := s.err(); err != nil {
		return nil, err
	}
	return s.Store.Get(ctx, key, mark)
}

func probe(h *pme.Handler, path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.Health().ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w
}

// parts are what readyz answers of the parts, which it does with 200. It waits until the report is a new one.
func parts(t *testing.T, h *pme.Handler) map[string]string {
	t.Helper()
	time.Sleep(1010 * time.Millisecond)
	w := probe(h, "/readyz")
	var report struct{ Parts map[string]string }
	if err := json.Unmarshal(w.Body.Bytes(), &report); err != nil || w.Code != http.StatusOK {
		t.Fatalf("readyz: %d %s", w.Code, w.Body)
	}
	for _, secret := range []string{"10.0", "http", "hunter2", "db.internal", "eyJ", "alice", office, "dial", "127.0", "invalid_"} {
		if strings.Contains(w.Body.String(), secret) {
			t.Errorf("readyz shows %q: %s", secret, w.Body)
		}
	}
	return report.Parts
}

func wantParts(t *testing.T, what string, h *pme.Handler, want map[string]string) {
	t.Helper()
	if diff := cmp.Diff(want, parts(t, h)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func TestEachPartIsDegradedAndOkAgain(t *testing.T) {
	tokens := &tokenStore{Store: issuer.NewMemory(issuer.MemoryConfig{})}
	var policy, database switchable
	h, up := newHandler(t, func(c *pme.Config) {
		c.Store = tokens
		c.Access = access.Func(func(context.Context, *identity.User, string) (bool, error) { return true, policy.err() })
		c.Health = []health.Part{{Name: "database", Check: func(context.Context) error { return database.err() }}}
	})
	all := func(changes map[string]string) map[string]string {
		want := map[string]string{"matterport": "ok", "tokens": "ok", "policy": "ok", "database": "ok"}
		for name, words := range changes {
			want[name] = "degraded: " + words
		}
		return want
	}
	wantParts(t, "before the first use", h, all(nil))

	up.Fail("*", matterporttest.OAuthError(http.StatusUnauthorized, "invalid_client"), -1)
	ask(t, h, "alice", "")
	wantParts(t, "credentials refused", h, all(map[string]string{
		"matterport": "Matterport refuses the application, an operator has to check its credentials and settings",
	}))
	up.Heal()
	policy.broken.Store(true)
	ask(t, h, "bob", "")
	database.broken.Store(true)
	wantParts(t, "policy and database", h, all(map[string]string{
		"matterport": "Matterport refuses the application, an operator has to check its credentials and settings",
		"policy":     "the policy fails",
		"database":   "the check fails",
	}))
	policy.broken.Store(false)
	tokens.broken.Store(true)
	ask(t, h, "bob", "")
	wantParts(t, "store", h, all(map[string]string{
		"matterport": "Matterport refuses the application, an operator has to check its credentials and settings",
		"tokens":     "the token store fails",
		"database":   "the check fails",
	}))
	tokens.broken.Store(false)
	database.broken.Store(false)
	if w := ask(t, h, "bob", ""); w.Code != http.StatusOK {
		t.Errorf("healed: %d %s", w.Code, w.Body)
	}
	wantParts(t, "healed", h, all(nil))
}

func TestPartsOfAllGatesAndConnections(t *testing.T) {
	up := matterporttest.NewServer(t, matterporttest.Config{})
	// A provider that cannot be reached: its address is one that no connection can be made to.
	away := &http.Client{Transport: roundTrip(func(*http.Request) (*http.Response, error) { return nil, errLeak })}
	tokens, err := bearer.New(bearer.Config{Issuer: "https://id.example.com", Audience: "spa", HTTPClient: away})
	if err != nil {
		t.Fatal(err)
	}
	login, err := oidclogin.New(oidclogin.Config{
		Issuer: "https://id.example.com", ClientID: "client", RedirectURL: "https://site.example.com/auth/callback",
		CookieKeys: [][]byte{[]byte("0123456789abcdef0123456789abcdef"), []byte("0123456789abcdef0123456789abcdef")}, HTTPClient: away,
	})
	if err != nil {
		t.Fatal(err)
	}
	gate, err := middleware.First(tokens, login.Gate)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = gate.Close() })
	h, _ := newHandler(t, func(c *pme.Config) { c.Authenticate, c.Connections = gate, newConnections(t, up) })
	want := map[string]string{
		"matterport": "ok", "tokens": "ok", "policy": "ok", "login": "ok", "keys": "ok", "connections": "ok", "matterport_accounts": "ok",
	}
	wantParts(t, "before the first use", h, want)

	login.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/auth/login", nil))
	r := httptest.NewRequest(http.MethodGet, "/token?modelId="+office, nil)
	r.Header.Set("Authorization", "Bearer eyJhbGciOiJSUzI1NiIsImtpZCI6Im9uZSJ9.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUuY29tIiwiYXVkIjoic3BhIn0.c2ln")
	h.ServeHTTP(httptest.NewRecorder(), r)
	want["login"] = "degraded: the identity provider does not answer; the identity provider cannot be looked up"
	want["keys"] = "degraded: the keys of the identity provider cannot be fetched"
	wantParts(t, "the provider is away", h, want)
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestClosedHandlerIsAliveButNotReady(t *testing.T) {
	h, _ := newHandler(t, nil)
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	if w := probe(h, "/readyz"); w.Code != http.StatusServiceUnavailable || w.Body.String() != "{\"status\":\"closing\"}\n" {
		t.Errorf("readyz: %d %s", w.Code, w.Body)
	}
	if w := probe(h, "/livez"); w.Code != http.StatusOK {
		t.Errorf("livez: %d", w.Code)
	}
}

func TestHandlerThatCouldNotBeMadeIsNeverReady(t *testing.T) {
	h, err := pme.New(pme.Config{Health: []health.Part{{Name: "a b"}}})
	if err == nil || !strings.Contains(err.Error(), "Health[0].Name") || !strings.Contains(err.Error(), "Health[0].Check") {
		t.Fatal(err)
	}
	if w := probe(h, "/readyz"); w.Code != http.StatusServiceUnavailable || w.Body.String() != "{\"status\":\"misconfigured\"}\n" {
		t.Errorf("readyz: %d %s", w.Code, w.Body)
	}
	if w := probe(h, "/livez"); w.Code != http.StatusOK {
		t.Errorf("livez: %d", w.Code)
	}
}

func TestProbesCallNothing(t *testing.T) {
	h, up := newHandler(t, nil)
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			probe(h, "/livez")
			probe(h, "/readyz")
		})
		all.Go(func() { ask(t, h, "alice", "") })
	}
	all.Wait()
	before := up.Calls("*")
	for range 100 {
		probe(h, "/readyz")
	}
	if n := up.Calls("*") - before; n != 0 {
		t.Errorf("100 probes made %d calls", n)
	}
}
