package sqlsink

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"strings"

	"github.com/go-pme/pme/audit"
)

// Append implements [audit.Sink], in one transaction. What is stored already stays as it is; what is stored otherwise
// from the first of the numbers on is deleted. If records before them are missing, they are stored nevertheless, and the log
// says so: a trail that stops would lose more, and [audit.Verify] finds the gap.
func (s *Sink) Append(ctx context.Context, records []audit.Record) error {
	rows := make([]columns, len(records))
	for i := range records {
		c, _, err := columnsOf(records[i].Line())
		if err != nil {
			return fmt.Errorf("sqlsink: append: %w", err)
		}
		rows[i] = c
	}
	if err := check(rows); err != nil || len(rows) == 0 {
		return err
	}
	var gap int64
	err := s.transact(ctx, func(ctx context.Context, tx *sql.Tx) (err error) {
		var rest []columns
		if rest, gap, err = makeRoom(ctx, tx, rows); err != nil {
			return err
		}
		return insert(ctx, tx, rest)
	})
	if err != nil {
		return failed(ctx, "append", err)
	}
	if gap > 0 {
		s.log.LogAttrs(ctx, slog.LevelWarn, "audit records are missing in the database",
			slog.String("chain", rows[0].chain), slog.Int64("from", gap), slog.Int64("to", rows[0].number-1))
	}
	return nil
}

const (
	tailOf = `SELECT number, line FROM pme_audit_records WHERE chain = $1 AND number >= $2 ORDER BY number`

	newestBefore = `SELECT COALESCE(MAX(number), 0) FROM pme_audit_records WHERE chain = $1 AND number < $2`
)

// makeRoom deletes what rows replace. It returns those that are not stored already, and the first number that is missing before
// them, or 0. In the usual case there is nothing to delete, which then needs no right to delete.
func makeRoom(ctx context.Context, tx *sql.Tx, rows []columns) (rest []columns, gap int64, err error) {
	chain, first := rows[0].chain, rows[0].number
	rest = rows
	var follows, differs bool
	err = queryIn(ctx, tx, func(r scanner) error {
		var number int64
		var line string
		if err := r.Scan(&number, &line); err != nil {
			return err
		}
		switch {
		case number < first:
			follows = true
		case !differs && len(rest) > 0 && rest[0].number == number && rest[0].line == line:
			rest = rest[1:]
		default:
			differs = true
		}
		return nil
	}, tailOf, chain, first-1)
	if err != nil {
		return nil, 0, err
	}
	if differs {
		for _, statement := range []string{
			`DELETE FROM pme_audit_models WHERE chain = $1 AND number >= $2`,
			`DELETE FROM pme_audit_records WHERE chain = $1 AND number >= $2`,
		} {
			if _, err := tx.ExecContext(ctx, statement, chain, first); err != nil {
				return nil, 0, err
			}
		}
		rest = rows
	}
	if follows || first == 1 {
		return rest, 0, nil
	}
	var newest int64
	if err := tx.QueryRowContext(ctx, newestBefore, chain, first).Scan(&newest); err != nil {
		return nil, 0, err
	}
	if newest == 0 { // they are too old and deleted, or it is another database
		return rest, 0, nil
	}
	return rest, newest + 1, nil
}

// insert inserts records and their models.
func insert(ctx context.Context, tx *sql.Tx, rows []columns) error {
	var records, models [][]any
	for _, c := range rows {
		records = append(records, []any{c.chain, c.number, c.at, c.kind, c.user, c.line})
		for _, model := range c.models {
			models = append(models, []any{c.chain, c.number, model})
		}
	}
	if err := insertInto(ctx, tx, `pme_audit_records (chain, number, at, kind, user_id, line)`, records); err != nil {
		return err
	}
	return insertInto(ctx, tx, `pme_audit_models (chain, number, model)`, models)
}

// atOnce is how many rows a statement inserts. There are two forms of each statement, for which drivers keep prepared ones.
const atOnce = 16

func insertInto(ctx context.Context, tx *sql.Tx, table string, rows [][]any) error {
	for len(rows) > 0 {
		n := 1
		if len(rows) >= atOnce {
			n = atOnce
		}
		var args []any
		var text strings.Builder
		text.WriteString("INSERT INTO " + table + " VALUES ")
		for i, values := range rows[:n] {
			if i > 0 {
				text.WriteString(", ")
			}
			text.WriteString("(" + placeholders(len(args)+1, len(values)) + ")")
			args = append(args, values...)
		}
		if _, err := tx.ExecContext(ctx, text.String(), args...); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

// placeholders returns the text of n parameters of a statement, such as "$4, $5".
func placeholders(first, n int) string {
	texts := make([]string, n)
	for i := range texts {
		texts[i] = fmt.Sprintf("$%d", first+i)
	}
	return strings.Join(texts, ", ")
}
