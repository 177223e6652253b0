package review

import (
	"slices"
	"strings"
	"time"

	"github.com/go-pme/pme/access/internal/written"
	"github.com/go-pme/pme/identity"
)

// A PersonChange is what changes for one person and one model.
type PersonChange struct {
	// User is the person's ID.
	User string `json:"user"`

	// Model is the ID of the model, or "*" for all that no rule names.
	Model string `json:"model"`

	// Was and Is say when the person may see it: "always", "never", or a list such as "until 2026-12-31T23:00:00Z".
	Was string `json:"was"`
	Is  string `json:"is"`
}

// unnamed is a model that no list names.
const unnamed = "00000000000"

// compare asks both lists about one person.
func compare(before, after *Rules, u *identity.User) []PersonChange {
	if !u.SignedIn() {
		return nil
	}
	was, is := before.dates(u), after.dates(u)
	var changes []PersonChange
	for _, model := range models(before, after) {
		dates := slices.Concat([]time.Time{{}}, was[model], was[written.AnyModel], is[model], is[written.AnyModel])
		slices.SortFunc(dates, time.Time.Compare)
		dates = slices.CompactFunc(dates, time.Time.Equal)
		then, now := before.schedule(u, model, dates), after.schedule(u, model, dates)
		if then == now {
			continue
		}
		if model == unnamed {
			model = written.AnyModel
		}
		changes = append(changes, PersonChange{User: u.ID, Model: model, Was: then, Is: now})
	}
	return changes
}

// models returns all models that the lists name, sorted, and one that they do not.
func models(lists ...*Rules) []string {
	ids := []string{unnamed}
	for _, r := range lists {
		ids = append(ids, r.Table.IDs()...)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// dates returns the dates of the rules that name u, by the models that they grant.
func (r *Rules) dates(u *identity.User) map[string][]time.Time {
	dates := make(map[string][]time.Time)
	evidence := r.Table.Evidence(u)
	for i, as := range r.Table.Written() {
		if !evidence.Hit(i) {
			continue
		}
		granted, all := r.Table.Granted(i)
		if all {
			granted = append(granted, written.AnyModel)
		}
		for _, m := range []written.Moment{as.From, as.Until} {
			for _, model := range granted {
				if m.Given() {
					dates[model] = append(dates[model], m.Time)
				}
			}
		}
	}
	return dates
}

// schedule says when u may see the model. Between two dates, the answer does not change.
func (r *Rules) schedule(u *identity.User, model string, dates []time.Time) string {
	var parts []string
	var from time.Time
	open := false
	for _, date := range dates {
		allowed, _ := r.Table.AllowedAt(u, model, func() time.Time { return date })
		switch {
		case allowed && !open:
			from, open = date, true
		case !allowed && open:
			parts = append(parts, stretch(from, date))
			open = false
		}
	}
	switch {
	case open && from.IsZero():
		return "always"
	case open:
		parts = append(parts, stretch(from, time.Time{}))
	case len(parts) == 0:
		return "never"
	}
	return strings.Join(parts, ", ")
}

func stretch(from, until time.Time) string {
	var parts []string
	if !from.IsZero() {
		parts = append(parts, "from "+from.UTC().Format(time.RFC3339Nano))
	}
	if !until.IsZero() {
		parts = append(parts, "until "+until.UTC().Format(time.RFC3339Nano))
	}
	return strings.Join(parts, " ")
}
