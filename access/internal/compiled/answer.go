package compiled

import (
	"time"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/modelid"
)

// A Verdict is the part of an answer that no date changes.
type Verdict int

// The verdicts.
const (
	Never   Verdict = iota // allowed at no time
	Always                 // allowed at any time
	Depends                // on the time: see Table.AllowedAt
)

// question is a person and a model.
type question struct {
	*person
	covering set // conditions whose rules are for the model
	plain    bool
}

// ask returns false if no rule is asked: u must be signed in and the model have the ID of a model or a view.
func (t *Table) ask(u *identity.User, model string) (question, bool) {
	view := modelid.ValidView(model)
	if !u.SignedIn() || !view && !modelid.Valid(model) {
		return question{}, false
	}
	p, number := t.person(u), t.number(model)
	q := question{person: p, plain: p.all && !view}
	switch {
	case number != unlisted:
		q.plain = q.plain || p.models.has(number)
		q.covering = t.covers[number]
	case !view:
		q.covering = t.coversAny
	}
	return q, true
}

// Allowed reports whether a rule lets u see the model, as far as this does not depend on the time.
func (t *Table) Allowed(u *identity.User, model string) Verdict {
	q, ok := t.ask(u, model)
	switch {
	case !ok:
		return Never
	case q.plain:
		return Always
	}
	for range both(q.covering, q.conditions) {
		return Depends
	}
	return Never
}

// AllowedAt reports whether a rule lets u see the model at the time now, and the first instant after it at which none
// does, which is zero if there is no such instant.
func (t *Table) AllowedAt(u *identity.User, model string, now time.Time) (allowed bool, until time.Time) {
	q, ok := t.ask(u, model)
	if !ok || q.plain {
		return ok, time.Time{}
	}
	for number := range both(q.covering, q.conditions) { // by their beginnings
		switch c := t.conditions[number]; {
		case !c.holds(now):
			continue
		case c.until.IsZero():
			return true, time.Time{}
		default:
			allowed, now = true, c.until // what holds then, goes on
		}
	}
	if !allowed {
		return false, time.Time{}
	}
	return true, now
}
