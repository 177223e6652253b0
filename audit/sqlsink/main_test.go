//go:build unix

package sqlsink_test

import (
	"context"
	"database/sql"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"
	_ "modernc.org/sqlite" // the driver called sqlite

	"github.com/go-pme/pme/audit"
	"github.com/go-pme/pme/audit/sinktest"
	"github.com/go-pme/pme/audit/sqlsink"
	"github.com/go-pme/pme/audit/sqlsink/internal/postgrestest"
)

func TestMain(m *testing.M) {
	code := postgrestest.Main(m)
	if code == 0 {
		if err := goleak.Find(); err != nil {
			_, _ = os.Stderr.WriteString(err.Error() + "\n")
			code = 1
		}
	}
	os.Exit(code)
}

func TestSink(t *testing.T) {
	t.Run("SQLite", func(t *testing.T) {
		sinktest.Run(t, func(t *testing.T) audit.Sink { return newSQLite(t).sink(t) })
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		leaveOutIfShort(t)
		sinktest.Run(t, func(t *testing.T) audit.Sink { return newPostgres(t, 10).sink(t) })
	})
}

// soon is when an answer has to be there, whatever it is.
const soon = 10 * time.Second

// A database is one of either kind, as a process has it open.
type database struct {
	*sql.DB
	dialect sqlsink.Dialect
}

func (db database) open(ctx context.Context, cfg sqlsink.Config) (*sqlsink.Sink, error) {
	cfg.DB, cfg.Dialect = db.DB, db.dialect
	return sqlsink.New(ctx, cfg)
}

func (db database) sink(t *testing.T) *sqlsink.Sink {
	t.Helper()
	s, err := db.open(t.Context(), sqlsink.Config{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// exec runs a statement that has to change rows.
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
	t.Run("SQLite", func(t *testing.T) { test(t, newSQLite(t)) })
	t.Run("PostgreSQL", func(t *testing.T) {
		leaveOutIfShort(t)
		test(t, newPostgres(t, 10))
	})
}

func leaveOutIfShort(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("without PostgreSQL, as -short is given")
	}
}

func newPostgres(t *testing.T, conns int) database {
	t.Helper()
	return postgresPool(t, postgrestest.Shared(t).Schema(t), conns)
}

func postgresPool(t *testing.T, dsn string, conns int) database {
	t.Helper()
	return database{pool(t, "pgx", dsn, conns), sqlsink.PostgreSQL}
}

// newSQLite makes a file as package sqlite does, for tests that look into it.
func newSQLite(t testing.TB) database {
	t.Helper()
	options := url.Values{"_pragma": {"locking_mode(EXCLUSIVE)"}, "_journal_mode": {"WAL"}, "_synchronous": {"FULL"}}
	dsn := "file://" + filepath.Join(t.TempDir(), "audit.db") + "?" + options.Encode()
	return database{pool(t, "sqlite", dsn, 1), sqlsink.SQLite}
}

func pool(t testing.TB, driver, dsn string, conns int) *sql.DB {
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
