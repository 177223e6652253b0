package sqlsink

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"math"
	"slices"

	"github.com/go-pme/pme/audit"
)

// errEnough means that the caller wants no more records. It does not reach it.
var errEnough = errors.New("sqlsink: enough")

// Records implements [audit.Reader], chain by chain. It reads a part at a time and holds no connection between them,
// so that it may take as long as it wants, and Append goes on. It does NOT show one moment: if a trail replaces the end of a
// chain meanwhile, records from before that can be among them.
//
// A record whose columns, by which others find it, are not those of its line is an [audit.ErrLine]. If q is the zero
// Query, that goes for its models too.
func (s *Sink) Records(ctx context.Context, q audit.Query) iter.Seq2[audit.Record, error] {
	return func(yield func(audit.Record, error) bool) {
		err := s.eachChain(ctx, func(chain string) error {
			first, last, some, err := s.span(ctx, chain, &q)
			if err != nil || !some {
				return err
			}
			return s.eachPart(ctx, chain, first, last, func(first, last int64) (found bool, err error) {
				p := part{chain: chain, first: first, last: last, q: &q}
				stored, err := s.load(ctx, &p)
				if err != nil {
					return false, err
				}
				return len(stored) > 0, p.yield(stored, yield)
			})
		})
		if err != nil && !errors.Is(err, errEnough) {
			yield(audit.Record{}, failed(ctx, "read", err))
		}
	}
}

// eachChain calls do with the ID of each chain.
func (s *Sink) eachChain(ctx context.Context, do func(chain string) error) error {
	const first = `SELECT MIN(chain) FROM pme_audit_records`
	var chain sql.NullString
	if err := s.queryRow(ctx, first).Scan(&chain); err != nil {
		return err
	}
	for chain.Valid {
		if err := do(chain.String); err != nil {
			return err
		}
		if err := s.queryRow(ctx, first+` WHERE chain > $1`, chain.String).Scan(&chain); err != nil {
			return err
		}
	}
	return nil
}

const (
	ends = `SELECT (SELECT MIN(number) FROM pme_audit_records WHERE chain = $1), (SELECT MAX(number) FROM pme_audit_records WHERE chain = $1)`

	// The sum keeps PostgreSQL from going through the chain in the order of the numbers until it finds the time.
	endsOfTime = `SELECT MIN(number + 0), MAX(number + 0) FROM pme_audit_records WHERE chain = $1 AND at >= $2 AND at <= $3`
)

// span returns the first and the last number of a chain that can be of the time of q, if there is any.
func (s *Sink) span(ctx context.Context, chain string, q *audit.Query) (first, last int64, some bool, err error) {
	query, args := ends, []any{chain}
	if !q.From.IsZero() || !q.To.IsZero() {
		from, to := int64(math.MinInt64), int64(math.MaxInt64)
		if !q.From.IsZero() {
			from = micros(q.From)
		}
		if !q.To.IsZero() {
			to = micros(q.To)
		}
		query, args = endsOfTime, []any{chain, from, to}
	}
	var low, high sql.NullInt64
	if err := s.queryRow(ctx, query, args...).Scan(&low, &high); err != nil {
		return 0, 0, false, err
	}
	return low.Int64, high.Int64, low.Valid, nil
}

// partSize is how many numbers are read at a time.
const partSize = 1000

// eachPart calls do with the ends of one part of a chain after another. Where do finds nothing, it looks where the chain goes
// on, as it may have gaps of any length.
func (s *Sink) eachPart(ctx context.Context, chain string, first, last int64, do func(first, last int64) (found bool, err error)) error {
	for first <= last {
		end := first + partSize - 1
		if end < first || end > last {
			end = last
		}
		found, err := do(first, end)
		if err != nil || end == last {
			return err
		}
		first = end + 1
		if found {
			continue
		}
		var next sql.NullInt64
		err = s.queryRow(ctx, `SELECT MIN(number) FROM pme_audit_records WHERE chain = $1 AND number >= $2`, chain, first).Scan(&next)
		if err != nil || !next.Valid {
			return err
		}
		first = next.Int64
	}
	return nil
}

// A part is what is read at a time.
type part struct {
	chain       string
	first, last int64
	q           *audit.Query
}

// yield hands on the records that are selected.
func (p *part) yield(stored []columns, yield func(audit.Record, error) bool) error {
	for i := range stored {
		r, err := stored[i].record(p.whole())
		switch {
		case err != nil:
			if !yield(audit.Record{}, err) {
				return errEnough
			}
		case p.q.Selects(r):
			if !yield(*r, nil) {
				return errEnough
			}
		}
	}
	return nil
}

// record returns the record of the line, if the other columns are those of the line. It compares the models if they were read.
func (c *columns) record(models bool) (*audit.Record, error) {
	of, r, err := columnsOf(c.line)
	if err != nil {
		return nil, fmt.Errorf("sqlsink: chain %q: record %d: %w", c.chain, c.number, err)
	}
	if c.chain != of.chain || c.number != of.number || c.at != of.at || c.kind != of.kind || c.user != of.user {
		return nil, fmt.Errorf("sqlsink: chain %q: record %d: %w with these columns: they were changed", c.chain, c.number, audit.ErrLine)
	}
	if slices.Sort(c.models); models && !slices.Equal(c.models, of.models) {
		return nil, fmt.Errorf("sqlsink: chain %q: record %d: %w with these models: they were changed", c.chain, c.number, audit.ErrLine)
	}
	return r, nil
}
