package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/go-pme/pme/connect/store"
)

// Begin implements [store.Store].
func (s *Store) Begin(ctx context.Context, a *store.PendingAuthorization, keep int, now time.Time) error {
	if !storable(a.ID, a.User, a.Connection, a.Label) {
		return errText
	}
	// A transaction of its own, which waits for nobody, and so for nobody who waits for the other.
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
		// Those that end last stay. The limit is none: SQLite has no OFFSET without it.
		if _, err := tx.ExecContext(ctx, `DELETE FROM pme_attempts WHERE id IN (
			SELECT id FROM pme_attempts WHERE user_id = $1 ORDER BY ends DESC, id LIMIT 1000000 OFFSET $2)`,
			a.User, max(0, keep-1)); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO pme_attempts (id, user_id, connection_id, label, proof, verifier, ends)
			VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			a.ID, a.User, a.Connection, a.Label, a.Proof[:], s.ring.seal(verifierOf(a), a.Verifier), instantColumn(a.Ends))
		return err
	})
	if err != nil {
		return failed(ctx, "begin", err)
	}
	return nil
}

// Take implements [store.Store]. An authorization that cannot be opened is deleted, too: it is an error,
// once.
func (s *Store) Take(ctx context.Context, id string) (*store.PendingAuthorization, error) {
	if !storable(id) {
		return nil, store.ErrNoRecord
	}
	a := &store.PendingAuthorization{ID: id}
	var proof, verifier []byte
	err := s.transact(ctx, func(ctx context.Context, tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, `DELETE FROM pme_attempts WHERE id = $1
			RETURNING user_id, connection_id, label, proof, verifier, ends`, id).
			Scan(&a.User, &a.Connection, &a.Label, &proof, &verifier, (*instant)(&a.Ends))
	})
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, store.ErrNoRecord
	case err != nil:
		return nil, failed(ctx, "take", err)
	case len(proof) != len(a.Proof):
		return nil, fmt.Errorf("sqlstore: the proof of an attempt: %w", ErrDamaged)
	}
	a.Proof = [32]byte(proof)
	if a.Verifier, err = s.ring.open(verifierOf(a), verifier); err != nil {
		return nil, err
	}
	return a, nil
}

func verifierOf(a *store.PendingAuthorization) place {
	return place{"pme_attempts", "verifier", store.Key{User: a.User, ID: a.ID}}
}
