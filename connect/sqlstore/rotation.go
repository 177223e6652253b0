package sqlstore

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/go-pme/pme/connect/store"
)

// uses counts the connections that need each key.
const uses = `SELECT mark, COUNT(*) FROM (
	SELECT user_id, id, substr(refresh_token, 1, 9) AS mark FROM pme_connections WHERE refresh_token IS NOT NULL
	UNION SELECT user_id, id, substr(access_token, 1, 9) FROM pme_connections WHERE access_token IS NOT NULL
	UNION SELECT user_id, id, substr(seal, 1, 9) FROM pme_connections WHERE seal IS NOT NULL
) AS sealed GROUP BY mark`

// checkKeys checks that no connection needs a missing key, and that each key opens values that are marked with its
// ID. It does not check attempts: they end within minutes, and a user whose attempt cannot be opened can begin again.
func (s *Store) checkKeys(ctx context.Context, lost []string) error {
	inUse := make(map[mark]int)
	err := s.query(ctx, func(row scanner) error {
		var m []byte
		var n int
		if err := row.Scan(&m, &n); err != nil {
			return err
		}
		if len(m) == len(mark{}) && m[0] == form {
			inUse[mark(m)] = n
		}
		return nil // reading a value without a valid mark fails with ErrDamaged
	}, uses)
	if err != nil {
		return failed(ctx, "look which keys are in use", err)
	}
	for _, id := range lost {
		if err := s.discard(ctx, inUse, id); err != nil {
			return err
		}
	}
	var wrong []error
	for _, m := range slices.SortedFunc(maps.Keys(inUse), func(a, b mark) int { return bytes.Compare(a[:], b[:]) }) {
		if s.keys().keys[m] != nil {
			wrong = append(wrong, s.checkKey(ctx, m))
			continue
		}
		wrong = append(wrong, fmt.Errorf("sqlstore: %w: connections sealed with key %v: %d. Add it to Config.Keys, in any place but the first."+
			" If it is lost for good, add its ID to Config.LostKeys: the owners of these connections will have to connect again", ErrKeyMissing, m, inUse[m]))
	}
	return errors.Join(wrong...)
}

// checkKey reports a key that opens none of a few values that are marked with its ID. A single damaged value must
// not prevent the start for all users.
func (s *Store) checkKey(ctx context.Context, m mark) error {
	var tried, opened int
	err := s.query(ctx, func(row scanner) error {
		var k store.Key
		var sealed []byte
		if err := row.Scan(&k.User, &k.ID, &sealed); err != nil {
			return err
		}
		tried++
		if _, err := s.keys().open(place{connectionsTable, "refresh_token", k}, sealed); err == nil {
			opened++
		}
		return nil
	}, `SELECT user_id, id, refresh_token FROM pme_connections WHERE substr(refresh_token, 1, 9) = $1 LIMIT 5`, m[:])
	if err != nil {
		return failed(ctx, "try a key", err)
	}
	if tried > 0 && opened == 0 {
		return fmt.Errorf("sqlstore: key %v opens none of the connections that it was tried on: %w. Restore the database from a backup,"+
			" or let their owners connect again: take the key from Config.Keys, and add its ID to Config.LostKeys", m, ErrDamaged)
	}
	return nil
}

// discard removes the tokens of connections that were sealed with a lost key.
func (s *Store) discard(ctx context.Context, inUse map[mark]int, lost string) error {
	for m := range inUse {
		if m.String() != lost {
			continue
		}
		n := 0
		err := s.transact(ctx, func(ctx context.Context, tx *sql.Tx) error {
			keys, err := keysOf(ctx, tx, `SELECT user_id, id FROM pme_connections
				WHERE substr(refresh_token, 1, 9) = $1 OR substr(access_token, 1, 9) = $1 OR substr(seal, 1, 9) = $1`, m[:])
			n = len(keys)
			for _, k := range keys {
				err = errors.Join(err, s.empty(ctx, tx, k))
			}
			return err
		})
		if err != nil {
			return failed(ctx, "discard what a lost key has sealed", err)
		}
		delete(inUse, m)
		s.log.WarnContext(ctx, "connections of a lost key have to be connected again", "key", lost, "connections", n)
	}
	return nil
}

// empty removes the tokens of a connection. The rest of its row can no longer be checked, and is sealed as it is.
func (s *Store) empty(ctx context.Context, tx *sql.Tx, k store.Key) error {
	var c connection
	err := c.scan(tx.QueryRowContext(ctx, cmp.Or(s.oneLocked, one), k.User, k.ID))
	if errors.Is(err, sql.ErrNoRows) { // deleted meanwhile
		return nil
	}
	if err != nil {
		return err
	}
	c.refresh, c.access, c.ValidUntil = nil, nil, time.Time{}
	_, err = tx.ExecContext(ctx, `UPDATE pme_connections SET refresh_token = NULL, access_token = NULL, access_valid_until = NULL, seal = $3
		WHERE user_id = $1 AND id = $2`, k.User, k.ID, s.keys().sealEntry(&c))
	return err
}

// Rewrap seals all connections with the first key that are sealed with another, and returns their number. Once it
// has returned without an error, the other keys are no longer needed ten minutes later, when the attempts in
// progress have ended, if all processes have the same first key. It can run while other processes use the store, and
// waits for their Updates. It does not change connections that cannot be opened, and returns an error for them. It looks
// at Config.KeySecrets first, and fails if their files cannot be used.
func (s *Store) Rewrap(ctx context.Context) (int, error) {
	if err := s.rings.look(ctx); err != nil {
		return 0, err
	}
	var older []store.Key
	err := s.query(ctx, func(row scanner) error {
		var k store.Key
		err := row.Scan(&k.User, &k.ID)
		older = append(older, k)
		return err
	}, `SELECT user_id, id FROM pme_connections WHERE substr(refresh_token, 1, 9) <> $1 OR substr(access_token, 1, 9) <> $1
		OR substr(seal, 1, 9) <> $1`, s.keys().first[:])
	if err != nil {
		return 0, failed(ctx, "look for what older keys have sealed", err)
	}
	var done, unreadable int
	var last error
	for _, k := range older {
		err := s.Update(ctx, k, func(context.Context, *store.Record) error { return nil })
		switch {
		case err == nil:
			done++
		case errors.Is(err, store.ErrNoRecord): // deleted meanwhile
		case errors.Is(err, ErrDamaged), errors.Is(err, ErrKeyMissing):
			unreadable++
			last = err
		default:
			return done, err
		}
	}
	if unreadable > 0 {
		return done, fmt.Errorf("sqlstore: %d connections cannot be sealed anew, such as: %w", unreadable, last)
	}
	return done, nil
}
