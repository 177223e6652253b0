package sqlstore

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"strings"
)

// migrationFiles are applied in the order of their names, each once. One that was released is never
// changed: what follows from it is another file.
//
//go:embed migrations/*.sql
var migrationFiles embed.FS

// migrationLock is the number of the lock for changing the tables.
const migrationLock = 0x706d65_636f6e6e // "pmeconn"

// migrate brings the tables to the version that this program knows.
func (s *Store) migrate(ctx context.Context) error {
	files, err := migrationFiles.ReadDir("migrations")
	if err != nil {
		return fmt.Errorf("sqlstore: migrations: %w", err)
	}
	// Usually the tables are current, and the user of the database may not be allowed to change them.
	if version, err := s.version(ctx); err == nil && version == len(files) {
		return nil
	}
	before := 0
	err = s.transact(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if err := s.lockNumber(ctx, tx, migrationLock); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS pme_migrations (version BIGINT NOT NULL PRIMARY KEY)`); err != nil {
			return err
		}
		if err := tx.QueryRowContext(ctx, latest).Scan(&before); err != nil {
			return err
		}
		if before > len(files) {
			return fmt.Errorf("a newer program has brought the database to version %d, and this one knows %d: use the newer one,"+
				" or the backup from before it", before, len(files))
		}
		for i, file := range files[before:] {
			if err := s.apply(ctx, tx, before+i+1, file.Name()); err != nil {
				return fmt.Errorf("%s: %w", file.Name(), err)
			}
		}
		return nil
	})
	if err != nil {
		return failed(ctx, "migrate", err)
	}
	if before < len(files) {
		s.log.InfoContext(ctx, "database migrated", "from", before, "to", len(files))
	}
	return nil
}

const latest = `SELECT COALESCE(MAX(version), 0) FROM pme_migrations`

// version returns the version of the tables. It is an error where there are none.
func (s *Store) version(ctx context.Context) (version int, err error) {
	err = s.queryRow(ctx, latest).Scan(&version)
	return version, err
}

// versionOfSeals is that of the file since which every row has a seal.
const versionOfSeals = 2

// apply runs the statements of a file, one by one, as not every driver takes several at once.
func (s *Store) apply(ctx context.Context, tx *sql.Tx, version int, name string) error {
	text, err := migrationFiles.ReadFile("migrations/" + name)
	if err != nil {
		return err
	}
	for statement := range strings.SplitSeq(string(text), ";\n") {
		if strings.TrimSpace(statement) == "" {
			continue
		}
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	if version == versionOfSeals {
		if err := s.sealAll(ctx, tx); err != nil {
			return err
		}
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO pme_migrations (version) VALUES ($1)`, version)
	return err
}
