//go:build unix

package endurance_test

import (
	"database/sql"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/go-pme/pme/accounts"
	"github.com/go-pme/pme/connect"
	"github.com/go-pme/pme/connect/sqlstore"
	"github.com/go-pme/pme/connect/sqlstore/internal/postgrestest"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/matterport/matterporttest"
	"github.com/go-pme/pme/middleware"
	"github.com/go-pme/pme/pages"
)

var alice = &identity.User{ID: "alice"}

// replica is one process of a fleet: a pool, a store, connections, and endpoints of its own.
func replica(t *testing.T, u *upstream, dsn string, key sqlstore.Key) (*connect.Connections, *httptest.Server) {
	t.Helper()
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	db.SetMaxOpenConns(8)
	store, err := sqlstore.New(t.Context(), sqlstore.Config{DB: db, Dialect: sqlstore.PostgreSQL, Keys: []sqlstore.Key{key}})
	if err != nil {
		t.Fatal(err)
	}
	c := over(t, app(t, u.url, u.now), store)
	look, err := pages.New(pages.Config{})
	if err != nil {
		t.Fatal(err)
	}
	endpoints, err := accounts.New(accounts.Config{Connections: c, Pages: look})
	if err != nil {
		t.Fatal(err)
	}
	gate, err := middleware.New(middleware.Func(func(*http.Request) (identity.User, error) { return *alice, nil }), middleware.Config{})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(endpoints.Behind(gate.Require))
	t.Cleanup(server.Close)
	return c, server
}

// answer is what an endpoint says.
type answer struct {
	status      int
	retryAfter  string
	AccessToken string `json:"access_token"`
	ExpiresIn   int    `json:"expires_in"`
	Error       string `json:"error"`
}

func get(t *testing.T, server *httptest.Server) (a answer) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/token", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := server.Client().Do(req)
	if err != nil {
		t.Error(err)
		return a
	}
	defer func() { _ = resp.Body.Close() }()
	if err := json.NewDecoder(resp.Body).Decode(&a); err != nil {
		t.Error(err)
	}
	a.status, a.retryAfter = resp.StatusCode, resp.Header.Get("Retry-After")
	return a
}

// unlessShort leaves out, with -short, what needs a PostgreSQL server.
func unlessShort(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("without PostgreSQL, as -short is given")
	}
}

func TestFleetRefreshesOnce(t *testing.T) {
	unlessShort(t)
	u := newUpstream(t, matterporttest.Config{StrictRotation: true})
	dsn, key := postgrestest.Shared(t).Schema(t), sqlstore.NewKey()
	first, one := replica(t, u, dsn, key)
	_, two := replica(t, u, dsn, key)
	u.connectAccount(t, first, alice)

	for name, passed := range map[string]time.Duration{"shortly before its end": 58*time.Minute + 30*time.Second, "at its end": 25 * time.Hour} {
		before := u.Calls("refresh_token")
		u.ahead(passed)
		var all sync.WaitGroup
		got := make([]answer, 100)
		for i := range got {
			all.Go(func() { got[i] = get(t, []*httptest.Server{one, two}[i%2]) })
		}
		all.Wait()
		for _, a := range got {
			if a.status != http.StatusOK || a.AccessToken != got[0].AccessToken || a.ExpiresIn <= 60 {
				t.Fatalf("%s: %d %s, %d s left, the same token: %v", name, a.status, a.Error, a.ExpiresIn, a.AccessToken == got[0].AccessToken)
			}
		}
		if n := u.Calls("refresh_token") - before; n != 1 {
			t.Errorf("%s: %d refreshes upstream, want 1", name, n)
		}
	}
	if n := u.OverlappingRefreshes(); n != 0 {
		t.Errorf("%d refreshes overlapped", n)
	}
}

func TestDatabaseKilledBetweenAnswerAndCommitLosesNothing(t *testing.T) {
	unlessShort(t)
	u := newUpstream(t, matterporttest.Config{StrictRotation: true}) // the stored token is void once Matterport has answered
	database := postgrestest.New(t)
	c, server := replica(t, u, database.Schema(t), sqlstore.NewKey())
	u.connectAccount(t, c, alice)
	u.ahead(25 * time.Hour)

	u.holding(func() {
		u.holding(nil)
		database.Kill(t)
	})
	for range 2 {
		a := get(t, server)
		if a.status != http.StatusServiceUnavailable || a.Error != "temporarily_unavailable" || a.retryAfter == "" {
			t.Errorf("%d %s, Retry-After %q: want a clear 503", a.status, a.Error, a.retryAfter)
		}
	}
	database.Start(t)
	for range 3 {
		if a := get(t, server); a.status != http.StatusOK || a.ExpiresIn <= 60 {
			t.Fatalf("with the database back: %d %s", a.status, a.Error)
		}
		u.ahead(25 * time.Hour)
	}
	if n := u.Calls("refresh_token"); n != 3 {
		t.Errorf("%d refreshes, want one for each day", n)
	}
}

func TestRestartedReplicaKnowsItsConnections(t *testing.T) {
	unlessShort(t)
	u := newUpstream(t, matterporttest.Config{})
	dsn, key := postgrestest.Shared(t).Schema(t), sqlstore.NewKey()
	c, server := replica(t, u, dsn, key)
	u.connectAccount(t, c, alice)
	want := get(t, server)
	server.Close()
	_ = c.Close()

	_, again := replica(t, u, dsn, key)
	if got := get(t, again); got.status != http.StatusOK || got.AccessToken != want.AccessToken {
		t.Errorf("%d %s", got.status, got.Error)
	}
	if n := u.Calls("refresh_token"); n != 0 {
		t.Errorf("%d refreshes for a stored token", n)
	}
}
