package compiled

import (
	"time"

	"github.com/go-pme/pme/identity"
)

// A Model is a model that a rule names, with its display name.
type Model struct{ ID, Name string }

// Grants returns the models that the rules in force for u name, in the order in which these rules name them. It is open if one of
// the rules says "*".
func (t *Table) Grants(u *identity.User, now time.Time) (models []Model, open bool) {
	if !u.SignedIn() {
		return nil, false
	}
	p := t.person(u)
	var listed set
	for i := range p.rules.all() {
		if !t.holds(p, i, now) {
			continue
		}
		open = open || t.rules[i].all
		for _, n := range t.rules[i].models {
			if !listed.has(n) {
				listed.add(n)
				models = append(models, Model{ID: t.ids[n], Name: t.names[n]})
			}
		}
	}
	return models, open
}

// holds reports whether rule i, which names p, holds at the time now and does not exclude p.
func (t *Table) holds(p *person, i int, now time.Time) bool {
	c := t.rules[i].condition
	return c == unconditional || p.conditions.has(c) && t.conditions[c].holds(now)
}

// Name returns the model's name if a rule in force for u names the model.
func (t *Table) Name(u *identity.User, model string, now time.Time) string {
	number := t.number(model)
	if number == unlisted || t.names[number] == "" || !u.SignedIn() {
		return ""
	}
	p := t.person(u)
	if p.models.has(number) {
		return t.names[number]
	}
	for c := range both(t.covers[number], p.conditions) {
		if i := t.conditions[c].rule; t.conditions[c].holds(now) && t.rules[i].named.has(number) {
			return t.names[number]
		}
	}
	return ""
}
