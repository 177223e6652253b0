package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"github.com/go-pme/pme/connect/store"
)

// Begin implements [store.Store].
func (s *Store) Begin(ctx context.Context, a *store.PendingAuthorization, keep int, now time.Time) error {
	if !storable(a.ID, a.User, a.Connection, a.Label) {
		return errText
	}
	// A separate transaction that never waits for a lock, so that it cannot wait for one that the next holds.
	if err := s.transact(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, s.sweep, now.UnixMicro())
		return err
	}); err != nil {
		return failed(ctx, "drop attempts that have ended", err)
	}
	err := s.transact(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if err := s.lockNumber(ctx, tx, userLock(a.User)); err != nil {
			return err
		}
		// Those that end last stay. The LIMIT has no effect: SQLite has no OFFSET without it.
		if _, err := tx.ExecContext(ctx, `DELETE FROM pme_attempts WHERE id IN (
			SELECT id FROM pme_attempts WHERE user_id = $1 ORDER BY ends DESC, id LIMIT 1000000 OFFSET $2)`,
			a.User, max(0, keep-1)); err != nil {
			return err
		}
		e := &authorization{PendingAuthorization: a, verifier: s.keys().seal(verifierOf(a), a.Verifier)}
		_, err := tx.ExecContext(ctx, `INSERT INTO pme_attempts (id, user_id, connection_id, label, proof, verifier, ends, seal)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			slices.Concat([]any{a.ID, a.User}, e.cells(), []any{s.keys().sealEntry(e)})...)
		return err
	})
	if err != nil {
		return failed(ctx, "begin", err)
	}
	return nil
}

// Take implements [store.Store]. An authorization that cannot be decrypted is an error, and is deleted too.
func (s *Store) Take(ctx context.Context, id, user string, proof [32]byte) (*store.PendingAuthorization, error) {
	if !storable(id, user) {
		return nil, store.ErrNoRecord
	}
	a := &authorization{PendingAuthorization: &store.PendingAuthorization{ID: id, User: user, Proof: proof}}
	err := s.transact(ctx, func(ctx context.Context, tx *sql.Tx) error {
		err := tx.QueryRowContext(ctx, `DELETE FROM pme_attempts WHERE id = $1 AND user_id = $2 AND proof = $3
			RETURNING connection_id, label, verifier, ends, seal`, id, user, proof[:]).
			Scan(&a.Connection, &a.Label, &a.verifier, (*instant)(&a.Ends), &a.sealed)
		if errors.Is(err, sql.ErrNoRows) {
			return notTaken(ctx, tx, id)
		}
		return err
	})
	switch {
	case errors.Is(err, store.ErrNoRecord), errors.Is(err, store.ErrNotTheirs):
		return nil, err
	case err != nil:
		return nil, failed(ctx, "take", err)
	}
	if err := s.keys().checkEntry(a, a.sealed); err != nil {
		return nil, err
	}
	if a.Verifier, err = s.keys().open(verifierOf(a.PendingAuthorization), a.verifier); err != nil {
		return nil, err
	}
	return a.PendingAuthorization, nil
}

// notTaken says why no authorization was taken.
func notTaken(ctx context.Context, tx *sql.Tx, id string) error {
	var there bool
	err := tx.QueryRowContext(ctx, `SELECT TRUE FROM pme_attempts WHERE id = $1`, id).Scan(&there)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return store.ErrNoRecord
	case err != nil:
		return err
	}
	return store.ErrNotTheirs
}

func verifierOf(a *store.PendingAuthorization) place {
	return place{"pme_attempts", "verifier", store.Key{User: a.User, ID: a.ID}}
}
