package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"slices"

	"github.com/go-pme/pme/event"
)

// Config is what a [Store] is made of. DB, Dialect and Keys are required.
type Config struct {
	// DB is the database. It stays the caller's to close, after all that uses the store. The limits of
	// its pool are to be set before New: a PostgreSQL pool with SetMaxOpenConns leaves half of its
	// connections to readers, however many Updates there are; one connection is enough, but then
	// everybody waits for a running Update.
	DB *sql.DB

	Dialect Dialect

	// Keys open what is sealed in the database, and the first of them seals. See the package's
	// documentation on how to change them.
	Keys []Key

	// LostKeys are the IDs of keys that will never come back, as the error of New names them. The
	// connections that were sealed with one stay listed, but their owners have to connect again.
	LostKeys []string

	// Logger hears of migrations and of what is lost. Default: slog.Default().
	Logger *slog.Logger
}

// New checks the configuration, reports everything that is wrong with it, and prepares the database: it
// makes the tables, or changes those of an older version, while other processes that do the same wait.
// It is an error if a newer version has changed them, or if something in them needs a key that is not
// among the keys: [ErrKeyMissing].
//
// All of that is to be done before ctx ends. The store keeps nothing of it.
func New(ctx context.Context, cfg Config) (*Store, error) {
	cfg = cfg.withDefaults()
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	s, err := cfg.store()
	if err != nil {
		return nil, err
	}
	if err := s.checkConnection(ctx); err != nil {
		return nil, err
	}
	if err := s.migrate(ctx); err != nil {
		return nil, err
	}
	if err := s.checkKeys(ctx, cfg.LostKeys); err != nil {
		return nil, err
	}
	return s, nil
}

func (cfg Config) withDefaults() Config {
	cfg.Logger = event.LoggerOr(cfg.Logger)
	return cfg
}

// validate reports everything that is wrong with cfg itself. Whether it fits the database is seen there.
func (cfg Config) validate() error {
	var wrong []error
	if cfg.DB == nil {
		wrong = append(wrong, errors.New("sqlstore: Config.DB is missing: open one with database/sql"))
	}
	if cfg.Dialect != PostgreSQL && cfg.Dialect != SQLite {
		wrong = append(wrong, fmt.Errorf("sqlstore: Config.Dialect is %d, and has to be PostgreSQL or SQLite", cfg.Dialect))
	}
	wrong = append(wrong, checkList(cfg.Keys))
	for _, k := range cfg.Keys {
		if k.ID() != "" && slices.Contains(cfg.LostKeys, k.ID()) {
			wrong = append(wrong, fmt.Errorf("sqlstore: %v is among both Config.Keys and Config.LostKeys", k))
		}
	}
	return errors.Join(wrong...)
}

// store makes the store of a configuration that was checked.
func (cfg Config) store() (*Store, error) {
	ring, err := newKeyring(cfg.Keys)
	if err != nil {
		return nil, err
	}
	s := &Store{db: cfg.DB, traits: cfg.Dialect.traits(), ring: ring, log: cfg.Logger}
	if s.shared {
		s.slots = make(chan struct{}, updatesAtOnce(cfg.DB.Stats().MaxOpenConnections))
	}
	return s, nil
}

// updatesAtOnce leaves half of a pool to others than Updates, and of one without bounds what a server
// can be expected to have.
func updatesAtOnce(pool int) int {
	if pool <= 0 {
		return 32
	}
	return max(1, pool/2)
}

// checkConnection refuses a SQLite file that another process, or another connection, could change
// beside this one: the locks of Updates are in memory there.
func (s *Store) checkConnection(ctx context.Context) error {
	if s.shared {
		return nil
	}
	if s.db.Stats().MaxOpenConnections != 1 {
		return errors.New("sqlstore: a SQLite database has to have one connection only: SetMaxOpenConns(1), or open it with package sqlite")
	}
	var mode string
	err := s.queryRow(ctx, `PRAGMA locking_mode`).Scan(&mode)
	if err != nil {
		return failed(ctx, "open", err)
	}
	if mode != "exclusive" {
		return errors.New("sqlstore: a SQLite database has to be locked against other processes: PRAGMA locking_mode = EXCLUSIVE, or open it with package sqlite")
	}
	return nil
}
