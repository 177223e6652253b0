package sqlsink

import (
	"context"
	"database/sql"
	"time"
)

// Expire implements [audit.Expirer]. It deletes each chain in a transaction. After an error, it returns how many it has
// deleted until then.
func (s *Sink) Expire(ctx context.Context, before time.Time) (chains int, err error) {
	err = s.eachChain(ctx, func(chain string) error {
		deleted, err := s.expire(ctx, chain, micros(before))
		if deleted {
			chains++
		}
		return err
	})
	if err != nil {
		return chains, failed(ctx, "expire", err)
	}
	return chains, nil
}

// expire deletes a chain if all its records are from before that time.
func (s *Sink) expire(ctx context.Context, chain string, before int64) (deleted bool, err error) {
	const since = `SELECT COUNT(*) FROM (SELECT number FROM pme_audit_records WHERE chain = $1 AND at >= $2 LIMIT 1) AS since`
	var newer bool
	if err := s.queryRow(ctx, since, chain, before).Scan(&newer); err != nil || newer {
		return false, err
	}
	err = s.transact(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if err := tx.QueryRowContext(ctx, since, chain, before).Scan(&newer); err != nil || newer {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM pme_audit_models WHERE chain = $1`, chain); err != nil {
			return err
		}
		result, err := tx.ExecContext(ctx, `DELETE FROM pme_audit_records WHERE chain = $1`, chain)
		if err != nil {
			return err
		}
		n, err := result.RowsAffected()
		deleted = n > 0 // otherwise another process was faster
		return err
	})
	return deleted && err == nil, err
}
