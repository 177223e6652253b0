package compiled

import (
	"time"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/modelid"
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

// AllowedAt reports whether a rule lets u see the model at the time that now returns, and the first instant after it at which none
// does, which is zero if there is no such instant. It calls now, once, only if a date or an exception matters.
func (t *Table) AllowedAt(u *identity.User, model string, now func() time.Time) (allowed bool, until time.Time) {
	q, ok := t.ask(u, model)
	if !ok || q.plain {
		return ok, time.Time{}
	}
	var at time.Time
	for number := range both(q.covering, q.conditions) { // by their beginnings
		if at.IsZero() {
			at = now()
		}
		switch c := t.conditions[number]; {
		case !c.holds(at):
			continue
		case c.until.IsZero():
			return true, time.Time{}
		default:
			allowed, at = true, c.until // what holds then, goes on
		}
	}
	if !allowed {
		return false, time.Time{}
	}
	return true, at
}
