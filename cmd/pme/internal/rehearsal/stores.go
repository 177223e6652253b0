package rehearsal

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/go-pme/pme/audit/files"
	"github.com/go-pme/pme/cmd/pme/internal/config"
	"github.com/go-pme/pme/cmd/pme/internal/control"
	"github.com/go-pme/pme/connect/sqlstore/sqlite"
)

// trail has the records of the rehearsal written elsewhere.
func (s *stage) trail() {
	if dir := s.cfg.Audit.Dir; dir != "" {
		if err := directory(dir); err != nil {
			s.problem("audit.dir", strings.TrimPrefix(err.Error(), "files: "))
		}
		s.cfg.Audit.Dir = filepath.Join(s.dir, "audit")
	}
	database := s.cfg.Audit.Database
	switch {
	case !database.IsSet():
		return
	case !postgres(database):
		if err := file(database.Value()); err != nil && !errors.Is(err, fs.ErrExist) {
			s.problem("audit.database", err.Error())
		}
	case !wellFormed(database):
		return // a problem of the gateway
	default:
		s.notes = append(s.notes, "audit.database is not opened, as no record may be written: pme audit verify reads it")
	}
	if !postgres(database) && s.cfg.Connections.Database.Value() == database.Value() {
		s.problem("connections.database", "it is the file of audit.database: give each a file of its own")
		s.cfg.Connections.Database = s.temporary("connections.db")
	}
	s.cfg.Audit.Database = s.temporary("audit.db")
}

// connections has a database that is not there, is in use or is another server's replaced by a file, in which the keys are tried.
func (s *stage) connections() {
	database := s.cfg.Connections.Database
	switch {
	case !database.IsSet(), postgres(database) && !wellFormed(database):
		return // problems of the gateway
	case postgres(database):
		if err := ping(s.ctx, database); err != nil {
			s.problem("connections.database", "the database does not answer: see that it runs, that this machine reaches it, and that it accepts the user of the URL")
		} else {
			s.notes = append(s.notes, "connections.database answers; whether its tables are there, or can be made, and fit connections.keys was not looked at")
		}
		s.cfg.Connections.Database = s.temporary("connections.db")
		return
	}
	switch err := file(database.Value()); {
	case err == nil:
		s.cfg.Connections.Database = s.temporary("connections.db")
	case !errors.Is(err, fs.ErrExist):
		s.problem("connections.database", err.Error())
		s.cfg.Connections.Database = s.temporary("connections.db")
	case s.locked(database.Value()):
		s.notes = append(s.notes, "connections.database is in use by the running process, and was not looked at: its keys were not tried")
		s.cfg.Connections.Database = s.temporary("connections.db")
	}
}

// locked reports whether another process has a file of SQLite open. One that answers at the socket does, so that the file is not touched.
func (s *stage) locked(path string) bool {
	if s.cfg.Control.Socket != "" && control.Answers(s.cfg.Control.Socket) {
		return true
	}
	kept, err := sqlite.Open(s.ctx, sqlite.Config{Path: path, KeySecrets: s.cfg.Connections.Keys.Source(), Wait: -1, Logger: s.log})
	if err == nil {
		_ = kept.Close() // the gateway opens it again
	}
	return errors.Is(err, sqlite.ErrInUse)
}

func postgres(database config.Secret) bool {
	return strings.HasPrefix(database.Value(), "postgres://") || strings.HasPrefix(database.Value(), "postgresql://")
}

func wellFormed(database config.Secret) bool {
	_, err := pgx.ParseConfig(database.Value())
	return err == nil
}

// pingTime bounds how long a database may take to answer.
const pingTime = 5 * time.Second

// ping connects to a PostgreSQL, and changes nothing there.
func ping(ctx context.Context, database config.Secret) error {
	cfg, err := pgx.ParseConfig(database.Value())
	if err != nil {
		return err //nolint:wrapcheck // it is not shown
	}
	db := stdlib.OpenDB(*cfg)
	defer func() { _ = db.Close() }()
	ctx, cancel := context.WithTimeout(ctx, pingTime)
	defer cancel()
	return db.PingContext(ctx) //nolint:wrapcheck // as above
}

// directory reports whether records can be written to a directory, or whether one that is missing can be made.
func directory(path string) error {
	switch _, err := os.Stat(path); {
	case err == nil:
		f, err := files.Open(files.Config{Dir: path})
		if err != nil {
			return err //nolint:wrapcheck // it is a problem
		}
		return f.Close() //nolint:wrapcheck // as above
	case !errors.Is(err, fs.ErrNotExist):
		return err //nolint:wrapcheck // as above
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return err //nolint:wrapcheck // as above
	}
	above := filepath.Dir(path)
	for above != filepath.Dir(above) {
		if _, err := os.Stat(above); !errors.Is(err, fs.ErrNotExist) {
			break
		}
		above = filepath.Dir(above)
	}
	return writable(above)
}

// file reports whether a file that is missing can be made. The error is [fs.ErrExist] if it is there.
func file(path string) error {
	switch _, err := os.Stat(path); {
	case err == nil:
		return fs.ErrExist
	case !errors.Is(err, fs.ErrNotExist):
		return err //nolint:wrapcheck // it is a problem
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return err //nolint:wrapcheck // as above
	}
	return writable(filepath.Dir(path))
}

// writable tries whether this user can make a file in a directory, by one that is gone at once: nothing else tells, as a disk can be
// mounted read-only, and a file system can be one of the kernel's own.
func writable(dir string) error {
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return fmt.Errorf("there is no directory %s: make it, for the user of pme serve alone (mode 0700)", dir)
	}
	f, err := os.CreateTemp(dir, ".pme-check")
	if err != nil {
		return fmt.Errorf("nothing can be made in %s: run this as the user of pme serve, and see that it may write there", dir)
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}
