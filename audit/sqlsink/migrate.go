package sqlsink

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"strings"
)

// migrationFiles are applied in the order of their names, each once. One that was released is never changed: what
// follows from it is another file.
//
//go:embed migrations/*.sql
var migrationFiles embed.FS

// migrationLock is the number of the lock for changing the tables.
const migrationLock = 0x706d65_61756469 // "pmeaudi"

// migrate brings the tables to the version that this program knows.
func (s *Sink) migrate(ctx context.Context) error {
	files, err := migrationFiles.ReadDir("migrations")
	if err != nil {
		return fmt.Errorf("sqlsink: migrations: %w", err)
	}
	// Usually the tables are current, and the user of the database may not be allowed to change them.
	var version int
	if err := s.queryRow(ctx, latest).Scan(&version); err == nil && version == len(files) {
		return nil
	}
	before := 0
	err = s.transact(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if err := s.lockNumber(ctx, tx, migrationLock); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS pme_audit_migrations (version BIGINT NOT NULL PRIMARY KEY)`); err != nil {
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
			if err := apply(ctx, tx, before+i+1, file.Name()); err != nil {
				return fmt.Errorf("%s: %w", file.Name(), err)
			}
		}
		return nil
	})
	if err != nil {
		return failed(ctx, "migrate", err)
	}
	if before < len(files) {
		s.log.InfoContext(ctx, "audit database migrated", "from", before, "to", len(files))
	}
	return nil
}

const latest = `SELECT COALESCE(MAX(version), 0) FROM pme_audit_migrations`

// apply runs the statements of a file, one by one, as not every driver takes several at once.
func apply(ctx context.Context, tx *sql.Tx, version int, name string) error {
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
	_, err = tx.ExecContext(ctx, `INSERT INTO pme_audit_migrations (version) VALUES ($1)`, version)
	return err
}
