package sqlsink

import "context"

// mostListed is how many kinds or users the database looks for. If there are more, it looks for all.
const mostListed = 100

const (
	ofPart    = ` WHERE chain = $1 AND number >= $2 AND number <= $3`
	recordsOf = `SELECT number, at, kind, user_id, line FROM pme_audit_records` + ofPart
	modelsOf  = `SELECT number, model FROM pme_audit_models` + ofPart

	// Each is answered by an index alone, without a look at the records.
	ofKind  = ` AND number IN (SELECT number FROM pme_audit_records` + ofPart + ` AND kind IN (`
	ofUser  = ` AND number IN (SELECT number FROM pme_audit_records` + ofPart + ` AND user_id IN (`
	ofModel = ` AND number IN (SELECT number FROM pme_audit_models` + ofPart + ` AND model IN (`
)

// statement returns the statement for the records of a part that can be selected. The time is not among its conditions: a
// database that looked for it first would go through all of it for each part.
func (p *part) statement() (query string, args []any) {
	query, args = recordsOf, []any{p.chain, p.first, p.last}
	only := func(condition string, texts ...string) {
		if n := len(texts); n > 0 && n <= mostListed {
			query += condition + placeholders(len(args)+1, n) + `))`
			for _, text := range texts {
				args = append(args, indexed(text))
			}
		}
	}
	kinds := make([]string, len(p.q.Kinds))
	for i, kind := range p.q.Kinds {
		kinds[i] = string(kind)
	}
	only(ofKind, kinds...)
	only(ofUser, p.q.Users...)
	if p.q.Model != "" {
		only(ofModel, p.q.Model)
	}
	return query + ` ORDER BY number`, args
}

// whole reports whether all records of the part are selected, but for their time. Then their models are read too.
func (p *part) whole() bool { return len(p.q.Kinds) == 0 && len(p.q.Users) == 0 && p.q.Model == "" }

// load reads a part.
func (s *Sink) load(ctx context.Context, p *part) (stored []columns, err error) {
	query, args := p.statement()
	place := make(map[int64]int)
	err = s.query(ctx, func(r scanner) error {
		c := columns{chain: p.chain}
		if err := r.Scan(&c.number, &c.at, &c.kind, &c.user, &c.line); err != nil {
			return err
		}
		place[c.number] = len(stored)
		stored = append(stored, c)
		return nil
	}, query, args...)
	if err != nil || !p.whole() {
		return stored, err
	}
	return stored, s.query(ctx, func(r scanner) error {
		var number int64
		var model string
		if err := r.Scan(&number, &model); err != nil {
			return err
		}
		if i, ok := place[number]; ok {
			stored[i].models = append(stored[i].models, model)
		}
		return nil
	}, modelsOf, p.chain, p.first, p.last)
}
