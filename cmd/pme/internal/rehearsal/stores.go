package rehearsal

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/go-pme/pme/audit/files"
	"github.com/go-pme/pme/cmd/pme/internal/config"
	"github.com/go-pme/pme/cmd/pme/internal/control"
	"github.com/go-pme/pme/cmd/pme/internal/postgres"
	"github.com/go-pme/pme/connect/sqlstore/sqlite"
)

// trail has the records of the rehearsal written elsewhere.
func (s *stage) trail() {
	if dir := s.cfg.Audit.Dir; dir != "" {
		if err := directory(dir); err != nil {
			s.problem("audit.dir", err)
		}
		s.cfg.Audit.Dir = filepath.Join(s.dir, "audit")
	}
	database := s.cfg.Audit.Database
	switch {
	case !database.IsSet():
		return
	case !postgres.Is(database.Value()):
		if err := file(database.Value()); err != nil && !errors.Is(err, fs.ErrExist) {
			s.problem("audit.database", err)
		}
	case !postgres.WellFormed(database.Value()):
		return // a problem of the gateway
	default:
		s.ask("audit", "audit.database", database, "whether its tables are there, or can be made, was not looked at")
	}
	if !postgres.Is(database.Value()) && s.cfg.Connections.Database.Value() == database.Value() {
		s.problem("connections.database", errors.New("it is the file of audit.database: give each a file of its own"))
		s.cfg.Connections.Database = s.temporary("connections.db")
	}
	s.cfg.Audit.Database = s.temporary("audit.db")
}

// connections has a database that is not there, is in use or is another server's replaced by a file, in which the keys are tried.
func (s *stage) connections() {
	database := s.cfg.Connections.Database
	switch {
	case !database.IsSet(), postgres.Is(database.Value()) && !postgres.WellFormed(database.Value()):
		return // problems of the gateway
	case postgres.Is(database.Value()):
		s.ask("connections", "connections.database", database, "whether its tables are there, or can be made, and fit connections.keys was not looked at")
		s.cfg.Connections.Database = s.temporary("connections.db")
		return
	}
	switch err := file(database.Value()); {
	case err == nil:
		s.cfg.Connections.Database = s.temporary("connections.db")
	case !errors.Is(err, fs.ErrExist):
		s.problem("connections.database", err)
		s.cfg.Connections.Database = s.temporary("connections.db")
	case s.locked(database.Value()):
		s.unseen("connections", "connections.database is in use by the running process, and was not looked at: its keys were not tried")
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

// ask tries to connect to a PostgreSQL. If it is away, that is no problem: pme serve waits for it.
func (s *stage) ask(part, path string, database config.Secret, unseen string) {
	switch err := postgres.Ping(s.ctx, database.Value()); {
	case err == nil:
		s.answered(part, path+" answers; "+unseen)
	case postgres.IsAway(err):
		s.away(part, path+" does not answer: pme serve would start, and wait for it")
	default:
		s.problem(path, err)
	}
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
