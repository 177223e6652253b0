// Package records opens the audit trail of a configuration for reading, with the keys and the anchors that are needed for it.
package records

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/go-pme/pme/audit"
	"github.com/go-pme/pme/audit/files"
	"github.com/go-pme/pme/audit/sqlsink"
	"github.com/go-pme/pme/audit/sqlsink/sqlite"
	"github.com/go-pme/pme/cmd/pme/internal/config"
	"github.com/go-pme/pme/cmd/pme/internal/control"
	"github.com/go-pme/pme/cmd/pme/internal/postgres"
)

const openTime = 10 * time.Second

// ErrNone means that the configuration has no audit trail.
var ErrNone = errors.New("the configuration has no audit trail: set audit.dir or audit.database, or give -dir")

// ErrUnanswered means that the trail cannot be read now.
var ErrUnanswered = errors.New("the audit trail cannot be read")

// A Trail is one that can be read. Close it.
type Trail struct {
	audit.Reader
	From  string // where it is
	close func()
}

// Close closes what is open.
func (t *Trail) Close() { t.close() }

// Open opens the trail of a configuration: its directory or, if it has none, its database. A file of SQLite that the running process has
// locked is read through its socket.
func Open(ctx context.Context, cfg config.Config) (*Trail, error) {
	database := cfg.Audit.Database
	switch {
	case cfg.Audit.Dir != "":
		return openDir(cfg.Audit.Dir)
	case !database.IsSet():
		return nil, ErrNone
	case postgres.Is(database.Value()):
		return openPostgres(ctx, database.Value())
	}
	return openFile(ctx, database.Value(), cfg.Control.Socket)
}

func openDir(dir string) (*Trail, error) {
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil, fmt.Errorf("%w: %s is no directory that this user can see", ErrUnanswered, dir)
	}
	f, err := files.Open(files.Config{Dir: dir})
	if err != nil {
		return nil, fmt.Errorf("%w (run this as the user of the process, or copy the directory): %w", ErrUnanswered, err)
	}
	return &Trail{f, dir, func() { _ = f.Close() }}, nil
}

// openPostgres quotes nothing of the URL, which has a password.
func openPostgres(ctx context.Context, url string) (*Trail, error) {
	db, err := postgres.OpenReadOnly(url)
	if err != nil {
		return nil, fmt.Errorf("audit.database: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, openTime)
	defer cancel()
	if err := tables(ctx, db); err != nil {
		_ = db.Close()
		return nil, err
	}
	sink, err := sqlsink.New(ctx, sqlsink.Config{DB: db, Dialect: sqlsink.PostgreSQL, Logger: slog.New(slog.DiscardHandler)})
	if postgres.IsReadOnly(err) {
		_ = db.Close()
		return nil, fmt.Errorf("%w: its tables are those of an older release: start pme serve of this one, which brings them up to date", ErrUnanswered)
	}
	if err != nil {
		_ = db.Close()
		return nil, fmt.Errorf("%w: the database does not answer: %w", ErrUnanswered, err)
	}
	return &Trail{sink, "audit.database", func() { _ = db.Close() }}, nil
}

// tables reports whether the database has a trail.
func tables(ctx context.Context, db *sql.DB) error {
	var there bool
	if err := db.QueryRowContext(ctx, `SELECT to_regclass('pme_audit_migrations') IS NOT NULL`).Scan(&there); err != nil {
		return fmt.Errorf("%w: the database does not answer: %w", ErrUnanswered, err)
	}
	if !there {
		return fmt.Errorf("%w: the database has no trail: audit.database is mistyped, or nothing was kept yet", ErrUnanswered)
	}
	return nil
}

func openFile(ctx context.Context, path, socket string) (*Trail, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("%w: the file is not there, or this user cannot see it: %w", ErrUnanswered, err)
	}
	if socket != "" && control.Answers(socket) {
		client := control.Dial(socket)
		return &Trail{client.Trail(), "the running process", client.Close}, nil
	}
	sink, err := sqlite.Open(ctx, sqlite.Config{Path: path, Wait: -1, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, fmt.Errorf("%w: set control.socket, through which the running process can be asked: %w", ErrUnanswered, err)
	}
	return &Trail{sink, path, func() { _ = sink.Close() }}, nil
}
