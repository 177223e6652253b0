package sqlsink

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"github.com/go-pme/pme/audit"
)

// Sink is an [audit.Sink] in a database, which can be read, and in which old records can be deleted. It is safe for
// concurrent use.
type Sink struct {
	db *sql.DB
	traits
	log *slog.Logger
}

var (
	_ audit.Sink    = (*Sink)(nil)
	_ audit.Reader  = (*Sink)(nil)
	_ audit.Expirer = (*Sink)(nil)
)

// failed returns the error of a call. It adds ctx's error if that is the cause, as not every driver does.
func failed(ctx context.Context, what string, err error) error {
	err = explained(err)
	if ended := ctx.Err(); ended != nil && !errors.Is(err, ended) {
		return fmt.Errorf("sqlsink: %s: %w: %w", what, ended, err)
	}
	return fmt.Errorf("sqlsink: %s: %w", what, err)
}

// running returns the context for a statement. What waits for a connection takes ctx itself.
func (s *Sink) running(ctx context.Context) context.Context {
	if s.interruptible {
		return ctx
	}
	return context.WithoutCancel(ctx) // the sink's statements are short, so they need not be canceled
}

// transact calls do with a transaction, and commits it unless do fails.
func (s *Sink) transact(ctx context.Context, do func(ctx context.Context, tx *sql.Tx) error) error {
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }() // returns it to the pool
	running := s.running(ctx)
	tx, err := conn.BeginTx(running, &sql.TxOptions{Isolation: s.isolation})
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // does nothing after Commit
	if err := s.limit(ctx, tx); err != nil {
		return err
	}
	if err := do(running, tx); err != nil {
		return err
	}
	return tx.Commit()
}

// usually is the server's limit for a transaction whose context has none.
const usually = time.Minute

// limit has the server give the transaction up when ctx ends.
func (s *Sink) limit(ctx context.Context, tx *sql.Tx) error {
	if s.limits == "" {
		return nil
	}
	left := usually
	if deadline, ok := ctx.Deadline(); ok {
		left = max(time.Millisecond, min(time.Until(deadline), 24*time.Hour)) // 0 would be none
	}
	_, err := tx.ExecContext(ctx, s.limits, strconv.FormatInt(left.Milliseconds(), 10))
	return err
}

// A row is the result of a query for one row.
type row struct {
	conn *sql.Conn
	row  *sql.Row
	err  error
}

// queryRow queries one row outside of a transaction. The caller must call its Scan.
func (s *Sink) queryRow(ctx context.Context, query string, args ...any) row {
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return row{err: err}
	}
	return row{conn: conn, row: conn.QueryRowContext(s.running(ctx), query, args...)}
}

// Scan returns the connection to the pool.
func (r row) Scan(into ...any) error {
	if r.err != nil {
		return r.err
	}
	defer func() { _ = r.conn.Close() }()
	return r.row.Scan(into...)
}

// A scanner is a row of a result.
type scanner interface{ Scan(into ...any) error }

// query calls each for every row of the result, outside of a transaction.
func (s *Sink) query(ctx context.Context, each func(scanner) error, query string, args ...any) error {
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	return queryIn(s.running(ctx), conn, each, query, args...)
}

// queryIn calls each for every row of the result, in a transaction or a connection.
func queryIn(ctx context.Context, in interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}, each func(scanner) error, query string, args ...any,
) error {
	rows, err := in.QueryContext(ctx, query, args...)
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

// lockNumber makes transactions wait for each other that are given the same number.
func (s *Sink) lockNumber(ctx context.Context, tx *sql.Tx, number int64) error {
	if s.lock == "" {
		return nil
	}
	_, err := tx.ExecContext(ctx, s.lock, number)
	return err
}
