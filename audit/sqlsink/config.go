package sqlsink

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"

	"github.com/go-pme/pme/event"
)

// Config configures a [Sink]. DB and Dialect are required.
type Config struct {
	// DB is the database. The caller closes it, after the trail that uses the sink. One connection is enough. Reports
	// and retention use one more while they run, so that grants need not wait for them.
	DB *sql.DB

	Dialect Dialect

	// Logger gets records of migrations, and of gaps in what is stored. Default: slog.Default().
	Logger *slog.Logger
}

// New checks the configuration, reports everything that is wrong with it, and prepares the database: it makes the
// tables, or changes those of an older version, while other processes that do the same wait. It fails if a newer
// version has changed the tables.
//
// ctx bounds this work only. The sink does not use it afterwards.
func New(ctx context.Context, cfg Config) (*Sink, error) {
	cfg.Logger = event.LoggerOr(cfg.Logger)
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	s := &Sink{db: cfg.DB, traits: cfg.Dialect.traits(), log: cfg.Logger}
	if err := s.checkConnection(ctx); err != nil {
		return nil, err
	}
	if err := s.migrate(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

// validate reports everything that is wrong with cfg itself. It does not look at the database.
func (cfg Config) validate() error {
	var wrong []error
	if cfg.DB == nil {
		wrong = append(wrong, errors.New("sqlsink: Config.DB is missing: open one with database/sql"))
	}
	if cfg.Dialect != PostgreSQL && cfg.Dialect != SQLite {
		wrong = append(wrong, fmt.Errorf("sqlsink: Config.Dialect is %d, and has to be PostgreSQL or SQLite", cfg.Dialect))
	}
	return errors.Join(wrong...)
}

// checkConnection refuses a SQLite file that has several connections: while one writes, the others get errors.
func (s *Sink) checkConnection(ctx context.Context) error {
	if s.shared {
		return nil
	}
	if s.db.Stats().MaxOpenConnections != 1 {
		return errors.New("sqlsink: a SQLite database has to have one connection only: SetMaxOpenConns(1), or open it with package sqlite")
	}
	var mode string
	err := s.queryRow(ctx, `PRAGMA locking_mode`).Scan(&mode)
	if err != nil {
		return failed(ctx, "open", err)
	}
	if mode != "exclusive" {
		return errors.New("sqlsink: a SQLite database has to be locked against other processes: PRAGMA locking_mode = EXCLUSIVE, or open it with package sqlite")
	}
	return nil
}
