package sqlstore

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"slices"

	"github.com/go-pme/pme/connect/store"
)

const connectionsTable = "pme_connections"

// columns are those of a connection. What writes them numbers them in this order.
const columns = `user_id, id, label, scopes, connected, refreshed, refresh_token, access_token, access_valid_until, seal`

const one = `SELECT ` + columns + ` FROM pme_connections WHERE user_id = $1 AND id = $2`

// values returns the values of r's columns.
func (s *Store) values(r *store.Record) ([]any, error) {
	if !storable(r.User, r.ID, r.Label) {
		return nil, errText
	}
	granted, err := scopesColumn(r.Scopes)
	if err != nil {
		return nil, err
	}
	c := &connection{
		Record:  r,
		granted: granted,
		refresh: s.keys().seal(place{connectionsTable, "refresh_token", r.Key}, r.RefreshToken),
		access:  s.keys().seal(place{connectionsTable, "access_token", r.Key}, r.AccessToken),
	}
	return slices.Concat([]any{r.User, r.ID}, c.cells(), []any{s.keys().sealEntry(c)}), nil
}

// record reads the columns of a connection.
func (s *Store) record(from scanner) (*store.Record, error) {
	var c connection
	err := c.scan(from)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, store.ErrNoRecord
	}
	if err != nil {
		return nil, err
	}
	if err := s.keys().checkEntry(&c, c.sealed); err != nil {
		return nil, err
	}
	if c.Scopes, err = scopesOf(c.granted); err != nil {
		return nil, err
	}
	if c.RefreshToken, err = s.keys().open(place{connectionsTable, "refresh_token", c.Key}, c.refresh); err != nil {
		return nil, err
	}
	if c.AccessToken, err = s.keys().open(place{connectionsTable, "access_token", c.Key}, c.access); err != nil {
		return nil, err
	}
	return c.Record, nil
}

// userLock is the number of the lock for what counts the rows of a person before it adds one.
func userLock(user string) int64 {
	sum := sha256.Sum256([]byte("pme/connect/sqlstore: what a person has\x00" + user))
	return int64(binary.BigEndian.Uint64(sum[:])) //nolint:gosec // any number will do
}

// Create implements [store.Store].
func (s *Store) Create(ctx context.Context, r *store.Record, most int) error {
	values, err := s.values(r)
	if err != nil {
		return err
	}
	err = s.transact(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if err := s.lockNumber(ctx, tx, userLock(r.User)); err != nil {
			return err
		}
		var has int
		if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM pme_connections WHERE user_id = $1`, r.User).Scan(&has); err != nil {
			return err
		}
		if has >= most {
			return store.ErrFull
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO pme_connections (`+columns+`)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, values...)
		return err
	})
	if err != nil && !errors.Is(err, store.ErrFull) {
		return failed(ctx, "create", err)
	}
	return err
}

// Get implements [store.Store].
func (s *Store) Get(ctx context.Context, k store.Key) (*store.Record, error) {
	if !storable(k.User, k.ID) {
		return nil, store.ErrNoRecord
	}
	r, err := s.record(s.queryRow(ctx, one, k.User, k.ID))
	if err != nil && !errors.Is(err, store.ErrNoRecord) {
		return nil, failed(ctx, "get", err)
	}
	return r, err
}

// List implements [store.Store]. It does not leave the tokens out: a connection whose tokens cannot be
// opened is an error here, too.
func (s *Store) List(ctx context.Context, user string) ([]*store.Record, error) {
	if !storable(user) {
		return nil, nil
	}
	var all []*store.Record
	err := s.query(ctx, func(row scanner) error {
		r, err := s.record(row)
		all = append(all, r)
		return err
	}, `SELECT `+columns+` FROM pme_connections WHERE user_id = $1`, user)
	if err != nil {
		return nil, failed(ctx, "list", err)
	}
	// Not by the database, which may sort as in a dictionary.
	slices.SortFunc(all, func(a, b *store.Record) int { return cmp.Compare(a.ID, b.ID) })
	return all, nil
}

// Delete implements [store.Store]. It waits for an Update of the connection.
func (s *Store) Delete(ctx context.Context, k store.Key) error {
	if !storable(k.User, k.ID) {
		return store.ErrNoRecord
	}
	unlock, err := s.updates.Lock(ctx, k)
	if err != nil {
		return failed(ctx, "delete", err)
	}
	defer unlock()
	n := 0
	err = s.transact(ctx, func(ctx context.Context, tx *sql.Tx) (err error) {
		if err := s.allow(ctx, ctx, tx); err != nil {
			return err
		}
		n, err = affected(ctx, tx, `DELETE FROM pme_connections WHERE user_id = $1 AND id = $2`, k.User, k.ID)
		return err
	})
	switch {
	case err != nil:
		return failed(ctx, "delete", err)
	case n == 0:
		return store.ErrNoRecord
	}
	return nil
}

// DeleteUser implements [store.Store]. It waits for Updates of the connections in PostgreSQL, and in
// SQLite it does not.
func (s *Store) DeleteUser(ctx context.Context, user string) (int, error) {
	if !storable(user) {
		return 0, nil
	}
	n := 0
	err := s.transact(ctx, func(ctx context.Context, tx *sql.Tx) (err error) {
		if err := s.allow(ctx, ctx, tx); err != nil {
			return err
		}
		if err := s.lockNumber(ctx, tx, userLock(user)); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM pme_attempts WHERE user_id = $1`, user); err != nil {
			return err
		}
		n, err = affected(ctx, tx, `DELETE FROM pme_connections WHERE user_id = $1`, user)
		return err
	})
	if err != nil {
		return 0, failed(ctx, "delete user", err)
	}
	return n, nil
}
