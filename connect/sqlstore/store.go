package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"unicode/utf8"

	"github.com/go-pme/pme/connect/sqlstore/internal/keylock"
	"github.com/go-pme/pme/connect/store"
)

// Store is a [store.Store] in a database.
type Store struct {
	db *sql.DB
	traits
	rings    *rings
	stopKeys func() // telling that KeySecrets have changed
	log      *slog.Logger

	updates keylock.Locks[store.Key] // one waiter of each connection asks the database, not all
	slots   chan struct{}            // one for each Update at a time; nil where none holds a connection
}

var _ store.Store = (*Store)(nil)

// failed returns the error of a call. It adds ctx's error if that is the cause, as not every driver does.
func failed(ctx context.Context, what string, err error) error {
	err = explained(err)
	if ended := ctx.Err(); ended != nil && !errors.Is(err, ended) {
		return fmt.Errorf("sqlstore: %s: %w: %w", what, ended, err)
	}
	return fmt.Errorf("sqlstore: %s: %w", what, err)
}

// storable reports whether both kinds of database store the texts unchanged.
func storable(texts ...string) bool {
	for _, text := range texts {
		if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
			return false
		}
	}
	return true
}

var errText = errors.New("sqlstore: a text that is not UTF-8, or contains a NUL, cannot be stored")

// running returns the context for a statement. What waits for a connection takes ctx itself.
func (s *Store) running(ctx context.Context) context.Context {
	if s.interruptible {
		return ctx
	}
	return context.WithoutCancel(ctx) // the store's statements are short, so they need not be canceled
}

// transact calls do with a transaction, and commits it unless do fails.
func (s *Store) transact(ctx context.Context, do func(ctx context.Context, tx *sql.Tx) error) error {
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }() // returns it to the pool
	ctx = s.running(ctx)
	tx, err := conn.BeginTx(ctx, &sql.TxOptions{Isolation: s.isolation})
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // does nothing after Commit
	if err := do(ctx, tx); err != nil {
		return err
	}
	return tx.Commit()
}

// A row is the result of a query for one row.
type row struct {
	conn *sql.Conn
	row  *sql.Row
	err  error
}

// queryRow queries one row outside of a transaction. The caller must call its Scan.
func (s *Store) queryRow(ctx context.Context, query string, args ...any) row {
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return row{err: err}
	}
	return row{conn: conn, row: conn.QueryRowContext(s.running(ctx), query, args...)}
}

// Scan implements scanner. It returns the connection to the pool.
func (r row) Scan(into ...any) error {
	if r.err != nil {
		return r.err
	}
	defer func() { _ = r.conn.Close() }()
	return r.row.Scan(into...)
}

// A scanner is a row of a result.
type scanner interface{ Scan(into ...any) error }

// query calls each for every row of the result.
func (s *Store) query(ctx context.Context, each func(scanner) error, query string, args ...any) error {
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	rows, err := conn.QueryContext(s.running(ctx), query, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := each(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// affected returns how many rows a statement has changed.
func affected(ctx context.Context, tx *sql.Tx, query string, args ...any) (int, error) {
	result, err := tx.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	n, err := result.RowsAffected()
	return int(n), err
}

// lockNumber makes transactions wait for each other that are given the same number.
func (s *Store) lockNumber(ctx context.Context, tx *sql.Tx, number int64) error {
	if s.lock == "" {
		return nil
	}
	_, err := tx.ExecContext(ctx, s.lock, number)
	return err
}
