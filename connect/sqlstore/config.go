package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"slices"

	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/secret"
)

// Config configures a [Store]. DB, Dialect and Keys are required.
type Config struct {
	// DB is the database. The caller closes it, after everything that uses the store and the store itself. Set the limits of its
	// pool before New: if a PostgreSQL pool has a limit by SetMaxOpenConns, Updates use at most half of its
	// connections. One connection is enough, but then every call waits for a running Update.
	DB *sql.DB

	Dialect Dialect

	// Keys decrypt the values in the database. The first key encrypts. The package's documentation says how
	// to change them.
	Keys []Key

	// KeySecrets take the place of Keys, for keys that are changed without a restart: texts as [ParseKey] reads them, in a
	// file that is read again when it changes. If Keys are set too, they decrypt. A key that leaves the file decrypts until
	// the process ends, so that a list which is cut too early loses nothing. Default: none.
	KeySecrets *secret.Source

	// LostKeys are the IDs of keys that are lost for good, as in the error of New. Connections that were sealed
	// with one stay listed, but their users have to connect again.
	LostKeys []string

	// Events gets an event when KeySecrets change. Default: a stream that writes to Logger.
	Events *event.Stream

	// Logger gets records of migrations and of lost connections. Default: slog.Default().
	Logger *slog.Logger
}

// New checks the configuration, reports everything that is wrong with it, and prepares the database: it
// makes the tables, or changes those of an older version, while other processes that do the same wait.
// It fails if a newer version has changed the tables, and with [ErrKeyMissing] if a connection needs a key that
// is not configured.
//
// ctx bounds this work only. The store does not use it afterwards.
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
	if s.stopKeys, err = cfg.watchKeys(); err != nil {
		return nil, err
	}
	return s, nil
}

func (cfg Config) withDefaults() Config {
	cfg.Logger = event.LoggerOr(cfg.Logger)
	cfg.Events = event.OrLog(cfg.Events, cfg.Logger)
	return cfg
}

// validate reports everything that is wrong with cfg itself. It does not look at the database.
func (cfg Config) validate() error {
	var wrong []error
	if cfg.DB == nil {
		wrong = append(wrong, errors.New("sqlstore: Config.DB is missing: open one with database/sql"))
	}
	if cfg.Dialect != PostgreSQL && cfg.Dialect != SQLite {
		wrong = append(wrong, fmt.Errorf("sqlstore: Config.Dialect is %d, and has to be PostgreSQL or SQLite", cfg.Dialect))
	}
	if cfg.KeySecrets == nil || len(cfg.Keys) > 0 {
		wrong = append(wrong, checkList(cfg.Keys))
	}
	fromSecrets, err := cfg.parseSecrets()
	if err != nil {
		wrong = append(wrong, fmt.Errorf("sqlstore: Config.KeySecrets: %w", err))
	}
	for _, k := range append(fromSecrets, cfg.Keys...) {
		if k.ID() != "" && slices.Contains(cfg.LostKeys, k.ID()) {
			wrong = append(wrong, fmt.Errorf("sqlstore: %v is among both Config.Keys and Config.LostKeys", k))
		}
	}
	return errors.Join(wrong...)
}

// store makes the store of a configuration that was checked.
func (cfg Config) store() (*Store, error) {
	ring, err := newRings(cfg)
	if err != nil {
		return nil, err
	}
	s := &Store{db: cfg.DB, traits: cfg.Dialect.traits(), rings: ring, log: cfg.Logger}
	if s.shared {
		s.slots = make(chan struct{}, updatesAtOnce(cfg.DB.Stats().MaxOpenConnections))
	}
	return s, nil
}

// updatesAtOnce returns how many Updates may run at once: half of a pool, or a number that any server can be
// expected to allow if the pool has no limit.
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
