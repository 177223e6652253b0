package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/go-pme/pme/connect/store"
)

// grace is how long the end of an Update may take, whose context may be over by then.
const grace = 5 * time.Second

var errKeyChanged = errors.New("sqlstore: an Update must not change the key")

// Update implements [store.Store].
func (s *Store) Update(ctx context.Context, k store.Key, change func(context.Context, *store.Record) error) error {
	if !storable(k.User, k.ID) {
		return store.ErrNoRecord
	}
	unlock, err := s.updates.Lock(ctx, k)
	if err != nil {
		return failed(ctx, "update", err)
	}
	defer unlock()
	if s.shared {
		return s.updateHolding(ctx, k, change)
	}
	return s.updateAlone(ctx, k, change)
}

// updateAlone changes a connection that no other process can change. The database is free while change
// runs.
func (s *Store) updateAlone(ctx context.Context, k store.Key, change func(context.Context, *store.Record) error) error {
	r, err := s.Get(ctx, k)
	if err != nil {
		return err
	}
	if err := change(ctx, r); err != nil {
		return err
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	err = s.transact(end, func(ctx context.Context, tx *sql.Tx) error { return s.write(ctx, tx, k, r) })
	return committed(end, err)
}

// updateHolding changes a connection that the database keeps locked while change runs. When this process
// ends, its transaction does, and nothing is changed.
func (s *Store) updateHolding(ctx context.Context, k store.Key, change func(context.Context, *store.Record) error) error {
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	case <-ctx.Done():
		return failed(ctx, "update", ctx.Err())
	}

	// The transaction has a context of its own, which ends with ctx until the row is locked, and some
	// time after change has returned.
	hold, release := context.WithCancel(context.WithoutCancel(ctx))
	defer release()
	stop := context.AfterFunc(ctx, release)
	defer stop()
	tx, err := s.db.BeginTx(hold, &sql.TxOptions{Isolation: s.isolation})
	if err != nil {
		return failed(ctx, "update", err)
	}
	defer func() {
		defer time.AfterFunc(grace, release).Stop()
		_ = tx.Rollback() // does nothing after Commit
	}()
	r, err := s.lockRow(ctx, hold, tx, k)
	if errors.Is(err, store.ErrNoRecord) {
		return err
	}
	if err != nil {
		return failed(ctx, "update", err)
	}
	if !stop() {
		return failed(ctx, "update", ctx.Err())
	}

	if err := change(ctx, r); err != nil {
		return err
	}
	defer time.AfterFunc(grace, release).Stop()
	if err := s.write(hold, tx, k, r); err != nil {
		return committed(hold, err)
	}
	return committed(hold, tx.Commit())
}

// lockRow returns the connection as it is once the lock of its row is there.
func (s *Store) lockRow(ctx, hold context.Context, tx *sql.Tx, k store.Key) (*store.Record, error) {
	if err := s.allow(ctx, hold, tx); err != nil {
		return nil, err
	}
	return s.record(tx.QueryRowContext(hold, s.oneLocked, k.User, k.ID))
}

// allow sets the server's limits for the transaction to a little more than the time that ctx has left. The server
// ends the transaction then, even if it has not noticed that the client is gone.
func (s *Store) allow(ctx, hold context.Context, tx *sql.Tx) error {
	if s.limits == "" {
		return nil
	}
	limit := "0" // none
	if deadline, ok := ctx.Deadline(); ok {
		limit = strconv.FormatInt((max(0, time.Until(deadline)) + 2*grace).Milliseconds(), 10)
	}
	_, err := tx.ExecContext(hold, s.limits, limit)
	return err
}

// write stores the changed r.
func (s *Store) write(ctx context.Context, tx *sql.Tx, k store.Key, r *store.Record) error {
	if r.Key != k {
		return errKeyChanged
	}
	values, err := s.values(r)
	if err != nil {
		return err
	}
	n, err := affected(ctx, tx, `UPDATE pme_connections SET label = $3, scopes = $4, connected = $5, refreshed = $6,
		refresh_token = $7, access_token = $8, access_valid_until = $9, seal = $10 WHERE user_id = $1 AND id = $2`, values...)
	if err == nil && n == 0 {
		return store.ErrNoRecord
	}
	return err
}

// committed returns the error of storing a change. If end has ended, the error says so and wraps no context error, as
// the caller's own context may not have ended.
func committed(end context.Context, err error) error {
	switch {
	case err == nil, errors.Is(err, store.ErrNoRecord):
		return err
	case end.Err() != nil:
		return fmt.Errorf("sqlstore: update: the database has not answered within %v", grace)
	}
	return fmt.Errorf("sqlstore: update: %w", explained(err))
}
