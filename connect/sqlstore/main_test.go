//go:build unix

package sqlstore_test

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"
	_ "modernc.org/sqlite" // the driver called sqlite

	"github.com/go-pme/pme/connect/sqlstore"
	"github.com/go-pme/pme/connect/sqlstore/internal/postgrestest"
	"github.com/go-pme/pme/connect/store"
	"github.com/go-pme/pme/matterport"
)

func TestMain(m *testing.M) {
	if dsn := os.Getenv(childDSN); dsn != "" {
		holdUntilKilled(dsn)
	}
	code := postgrestest.Main(m)
	if code == 0 {
		if err := goleak.Find(); err != nil {
			_, _ = os.Stderr.WriteString(err.Error() + "\n")
			code = 1
		}
	}
	os.Exit(code)
}

// A database is one of either kind, as a process has it open.
type database struct {
	*sql.DB
	dialect sqlstore.Dialect
}

func (db database) store(t *testing.T, keys ...sqlstore.Key) *sqlstore.Store {
	t.Helper()
	s, err := db.open(t, sqlstore.Config{Keys: keys})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (db database) open(t *testing.T, cfg sqlstore.Config) (*sqlstore.Store, error) {
	t.Helper()
	cfg.DB, cfg.Dialect = db.DB, db.dialect
	return sqlstore.New(t.Context(), cfg)
}

func (db database) exec(t *testing.T, statement string, args ...any) {
	t.Helper()
	result, err := db.ExecContext(t.Context(), statement, args...)
	if err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	if n, err := result.RowsAffected(); n == 0 || err != nil {
		t.Fatalf("%s: %d rows, %v", statement, n, err)
	}
}

// onBoth runs a test on an empty database of either kind. With -short it leaves PostgreSQL out.
func onBoth(t *testing.T, test func(t *testing.T, db database)) {
	t.Run("SQLite", func(t *testing.T) {
		test(t, sqliteFile(t, filepath.Join(t.TempDir(), "connections.db"), 1))
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		test(t, postgresPool(t, postgres(t).Schema(t), 10))
	})
}

// postgres leaves out, with -short, what needs a PostgreSQL server.
func postgres(t *testing.T) *postgrestest.Server {
	t.Helper()
	leaveOutIfShort(t)
	return postgrestest.Shared(t)
}

func leaveOutIfShort(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("without PostgreSQL, as -short is given")
	}
}

func postgresPool(t *testing.T, dsn string, conns int) database {
	t.Helper()
	return database{pool(t, "pgx", dsn, conns), sqlstore.PostgreSQL}
}

// sqliteFile opens a file as package sqlite does, for tests that look into it.
func sqliteFile(t *testing.T, path string, conns int) database {
	t.Helper()
	options := url.Values{"_pragma": {"locking_mode(EXCLUSIVE)"}, "_journal_mode": {"WAL"}}
	return database{pool(t, "sqlite", "file://"+path+"?"+options.Encode(), conns), sqlstore.SQLite}
}

func pool(t *testing.T, driver, dsn string, conns int) *sql.DB {
	t.Helper()
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return db
}

const (
	refreshToken = "refresh-token-c0ffee"
	accessToken  = "access-token-f00d"
	verifier     = "verifier-beef"
)

// proof is that of every attempt here.
var proof = sha256.Sum256([]byte("proof"))

var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func record(user, id string) *store.Record {
	return &store.Record{
		Key:          store.Key{User: user, ID: id},
		Label:        "Köln",
		Scopes:       []matterport.Scope{matterport.ScopeViewDetails},
		Connected:    start,
		RefreshToken: refreshToken + matterport.Secret(" of "+user+" "+id),
		AccessToken:  accessToken + matterport.Secret(" of "+user+" "+id),
		ValidUntil:   start.Add(time.Hour),
	}
}

func create(t *testing.T, s store.Store, records ...*store.Record) {
	t.Helper()
	for _, r := range records {
		if err := s.Create(t.Context(), r, 100); err != nil {
			t.Fatal(err)
		}
	}
}

// wantWhole checks that a connection is what record made.
func wantWhole(t *testing.T, s store.Store, user, id string) {
	t.Helper()
	r, err := s.Get(t.Context(), store.Key{User: user, ID: id})
	if err != nil {
		t.Errorf("Get of %s %s: %v", user, id, err)
		return
	}
	if want := record(user, id); r.RefreshToken != want.RefreshToken || r.AccessToken != want.AccessToken || r.Label != want.Label {
		t.Errorf("the connection %s of %s has changed: %+v", id, user, r)
	}
}

func begin(t *testing.T, s store.Store, id, user string) {
	t.Helper()
	a := &store.PendingAuthorization{ID: id, User: user, Proof: proof, Verifier: verifier, Ends: start.Add(time.Minute)}
	if err := s.Begin(t.Context(), a, 5, start); err != nil {
		t.Fatal(err)
	}
}

func relabel(label string) func(context.Context, *store.Record) error {
	return func(_ context.Context, r *store.Record) error { r.Label = label; return nil }
}
