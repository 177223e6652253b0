package sqlstore

import (
	"context"
	"database/sql"
	"encoding/binary"

	"github.com/go-pme/pme/connect/store"
)

// An entry is a row of a table as it is stored, apart from the columns that its place names.
type entry interface {
	place() place
	cells() []any // each nil, text, bytes or an int64, in the order of the columns, sealed values included
}

// A connection is the row of a record.
type connection struct {
	*store.Record
	granted                 string // the scopes
	refresh, access, sealed []byte
}

func (c *connection) place() place { return place{connectionsTable, "seal", c.Key} }

func (c *connection) cells() []any {
	return []any{
		c.Label, c.granted, instantColumn(c.Connected), instantColumn(c.Refreshed), c.refresh, c.access, instantColumn(c.ValidUntil),
	}
}

// scan reads the columns of a connection, and opens nothing.
func (c *connection) scan(from scanner) error {
	c.Record = new(store.Record)
	return from.Scan(&c.User, &c.ID, &c.Label, &c.granted, (*instant)(&c.Connected), (*instant)(&c.Refreshed),
		&c.refresh, &c.access, (*instant)(&c.ValidUntil), &c.sealed)
}

// An authorization is the row of an attempt.
type authorization struct {
	*store.PendingAuthorization
	verifier, sealed []byte
}

func (a *authorization) place() place {
	return place{"pme_attempts", "seal", store.Key{User: a.User, ID: a.ID}}
}

func (a *authorization) cells() []any {
	return []any{a.Connection, a.Label, a.Proof[:], a.verifier, instantColumn(a.Ends)}
}

// sealEntry returns the seal of a row.
func (ring *keyring) sealEntry(e entry) []byte { return ring.protect(nil, additionalOf(e)) }

// checkEntry makes sure that all cells of a row are those that were sealed together.
func (ring *keyring) checkEntry(e entry, sealed []byte) error {
	_, err := ring.reveal(e.place(), sealed, additionalOf(e))
	return err
}

// additionalOf returns the data that authenticates a row. Kinds and lengths keep the cells apart.
func additionalOf(e entry) []byte {
	data := e.place().additional()
	for _, cell := range e.cells() {
		switch cell := cell.(type) {
		case string:
			data = appendCell(data, 't', cell)
		case []byte:
			data = appendCell(data, 'b', string(cell)) // none is as good as an empty one
		case int64:
			data = binary.BigEndian.AppendUint64(append(data, 'n'), uint64(cell)) //nolint:gosec // the same bits
		default:
			data = append(data, '0')
		}
	}
	return data
}

func appendCell(data []byte, kind byte, cell string) []byte {
	data = binary.AppendUvarint(append(data, kind), uint64(len(cell)))
	return append(data, cell...)
}

// sealAll seals the rows of an older version as they are. It cannot detect earlier changes to them.
func (s *Store) sealAll(ctx context.Context, tx *sql.Tx) error {
	keys, err := keysOf(ctx, tx, `SELECT user_id, id FROM pme_connections`)
	if err != nil {
		return err
	}
	for _, k := range keys {
		var c connection
		if err := c.scan(tx.QueryRowContext(ctx, one, k.User, k.ID)); err != nil {
			continue // it could not be read before either, and stays damaged
		}
		if _, err := tx.ExecContext(ctx, `UPDATE pme_connections SET seal = $3 WHERE user_id = $1 AND id = $2`,
			k.User, k.ID, s.keys().sealEntry(&c)); err != nil {
			return err
		}
	}
	return s.sealAttempts(ctx, tx)
}

func (s *Store) sealAttempts(ctx context.Context, tx *sql.Tx) error {
	keys, err := keysOf(ctx, tx, `SELECT user_id, id FROM pme_attempts`)
	if err != nil {
		return err
	}
	for _, k := range keys {
		a := authorization{PendingAuthorization: &store.PendingAuthorization{ID: k.ID, User: k.User}}
		var proof []byte
		err := tx.QueryRowContext(ctx, `SELECT connection_id, label, proof, verifier, ends FROM pme_attempts WHERE id = $1`, k.ID).
			Scan(&a.Connection, &a.Label, &proof, &a.verifier, (*instant)(&a.Ends))
		if err != nil || len(proof) != len(a.Proof) {
			continue // damaged
		}
		a.Proof = [32]byte(proof)
		if _, err := tx.ExecContext(ctx, `UPDATE pme_attempts SET seal = $2 WHERE id = $1`, k.ID, s.keys().sealEntry(&a)); err != nil {
			return err
		}
	}
	return nil
}

// keysOf returns the keys of rows, read to the end: a transaction has one statement at a time.
func keysOf(ctx context.Context, tx *sql.Tx, query string, args ...any) (keys []store.Key, err error) {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var k store.Key
		if err := rows.Scan(&k.User, &k.ID); err != nil {
			return nil, err
		}
		keys = append(keys, k)
	}
	return keys, rows.Err()
}
