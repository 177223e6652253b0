package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	driver "modernc.org/sqlite"
	codes "modernc.org/sqlite/lib"

	"github.com/go-pme/pme/connect/sqlstore"
	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/secret"
)

// Config says where the connections are stored and which keys encrypt them. Path and Keys are required.
type Config struct {
	// Path is the database file. It is created if it does not exist, and only the user of this process can
	// read it. Its directory must exist, on a local disk: network file systems do not lock reliably. While
	// the file is in use, there is a second file beside it with "-wal" added to its name.
	Path string

	Keys     []sqlstore.Key // as in [sqlstore.Config]
	LostKeys []string       // as in [sqlstore.Config]

	// KeySecrets and Events are as in [sqlstore.Config].
	KeySecrets *secret.Source
	Events     *event.Stream

	// Wait is how long to wait for another process to close the file, as when this process replaces it.
	// Negative: do not wait. Default: 5 seconds.
	Wait time.Duration

	// Logger is as in [sqlstore.Config]. Default: slog.Default().
	Logger *slog.Logger
}

func (cfg Config) withDefaults() Config {
	cfg.Wait = cmp.Or(cfg.Wait, 5*time.Second)
	cfg.Logger = event.LoggerOr(cfg.Logger)
	return cfg
}

// Store is a [sqlstore.Store] in a file.
type Store struct {
	*sqlstore.Store
	db *sql.DB
}

// Close closes the file. Close everything that uses the store before.
func (s *Store) Close() error {
	_ = s.Store.Close() // the error is always nil
	if err := s.db.Close(); err != nil {
		return fmt.Errorf("sqlite: close: %w", err)
	}
	return nil
}

// ErrInUse means that another process, or another Store of this one, uses the file.
var ErrInUse = errors.New("sqlite: the file is in use by another process, and can be used by one only: end that one first, or use PostgreSQL for several processes")

// Open opens the file and prepares it as [sqlstore.New] does. Until it is closed, every other Open
// of the file fails with [ErrInUse].
func Open(ctx context.Context, cfg Config) (*Store, error) {
	cfg = cfg.withDefaults()
	path, err := prepare(ctx, cfg.Path, cfg.Logger)
	if err != nil {
		return nil, err
	}
	patience, cancel := context.WithTimeout(ctx, max(0, cfg.Wait))
	defer cancel()
	retry := time.NewTicker(50 * time.Millisecond)
	defer retry.Stop()
	waited := false
	for {
		s, err := open(ctx, path, cfg)
		if over := waited && err != nil && ctx.Err() != nil; !busy(err) && !over {
			return s, err
		}
		waited = true
		select {
		case <-retry.C:
		case <-patience.Done():
			if ctx.Err() != nil {
				return nil, fmt.Errorf("%w (%s): %w", ErrInUse, path, ctx.Err())
			}
			return nil, fmt.Errorf("%w (%s)", ErrInUse, path)
		}
	}
}

func open(ctx context.Context, path string, cfg Config) (*Store, error) {
	connector, err := driver.NewConnector(dsn(path))
	if err != nil {
		return nil, fmt.Errorf("sqlite: open %s: %w", path, err)
	}
	db := sql.OpenDB(connector)
	db.SetMaxOpenConns(1) // it stays open until Close, as it holds the lock on the file
	s, err := sqlstore.New(ctx, sqlstore.Config{
		DB: db, Dialect: sqlstore.SQLite, Keys: cfg.Keys, KeySecrets: cfg.KeySecrets, LostKeys: cfg.LostKeys, Events: cfg.Events, Logger: cfg.Logger,
	})
	if err != nil {
		_ = db.Close()
		return nil, fmt.Errorf("sqlite: open %s: %w", path, err)
	}
	return &Store{Store: s, db: db}, nil
}

// dsn names the file and how it is used. The lock comes before the journal, which then needs no memory
// that processes share. A commit is on the disk when it returns, and what is forgotten is overwritten.
func dsn(path string) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // a letter for the drive
	}
	options := url.Values{
		"mode":          {"rw"}, // it is there
		"_pragma":       {"locking_mode(EXCLUSIVE)", "secure_delete(ON)", "trusted_schema(OFF)"},
		"_journal_mode": {"WAL"},
		"_synchronous":  {"FULL"},
		"_defensive":    {"1"},
	}
	return "file://" + (&url.URL{Path: path}).EscapedPath() + "?" + options.Encode()
}

func busy(err error) bool {
	var e *driver.Error
	return errors.As(err, &e) && (e.Code()&0xff == codes.SQLITE_BUSY || e.Code()&0xff == codes.SQLITE_LOCKED)
}
