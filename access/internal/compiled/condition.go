package compiled

import (
	"slices"
	"time"

	"github.com/go-pme/pme/access/internal/people"
	"github.com/go-pme/pme/access/internal/written"
	"github.com/go-pme/pme/internal/modelid"
)

// condition is what a rule depends on besides the person's facts and the model: its dates, and people whom it excludes.
type condition struct {
	rule        int
	from, until time.Time
}

// holds reports whether the time is between the beginning and the end.
func (c condition) holds(now time.Time) bool {
	return !now.Before(c.from) && (c.until.IsZero() || now.Before(c.until))
}

// condition numbers the conditions of the rules by their beginnings, as AllowedAt expects them.
func (t *Table) condition() {
	for i, r := range t.written {
		if t.rules[i].conditional(r) {
			t.conditions = append(t.conditions, condition{rule: i, from: r.From.Time, until: r.Until.Time})
			t.change(r.From)
			t.change(r.Until)
		}
	}
	slices.SortStableFunc(t.conditions, func(a, b condition) int { return a.from.Compare(b.from) })
	for number, c := range t.conditions {
		t.rules[c.rule].condition = number
		t.exceptions(number, t.written[c.rule].Except.Who)
	}
}

// conditional reports whether the rule depends on a condition. A rule for all models except some does too, so that a reach
// without conditions stays a plain union.
func (r rule) conditional(as written.Rule) bool {
	excepting := slices.ContainsFunc(as.Except.Who[:], func(entries []written.Entry) bool { return len(entries) > 0 })
	return excepting || as.From.Given() || as.Until.Given() || r.all && len(r.excluded) > 0
}

// exceptions notes whom the rule with this condition excludes.
func (t *Table) exceptions(number int, who written.Who) {
	for k, entries := range who {
		for _, e := range entries {
			for _, v := range people.Spellings(people.Kind(k), e.Value) {
				excluding := t.excepts[k][v]
				excluding.add(number)
				t.excepts[k][v] = excluding
			}
		}
	}
}

// change notes an instant at which answers change.
func (t *Table) change(m written.Moment) {
	if !m.Given() {
		return
	}
	if i, found := slices.BinarySearchFunc(t.changes, m.Time, time.Time.Compare); !found {
		t.changes = slices.Insert(t.changes, i, m.Time)
	}
}

// cover notes which conditions' rules are for which models.
func (t *Table) cover() {
	for c, condition := range t.conditions {
		if t.rules[condition.rule].all {
			t.coversAny.add(c)
		}
	}
	t.covers = make([]set, len(t.ids))
	for n, id := range t.ids {
		if modelid.Valid(id) {
			t.covers[n] = t.coversAny.clone()
		}
	}
	for c, condition := range t.conditions {
		for _, n := range t.rules[condition.rule].models {
			t.covers[n].add(c)
		}
		for n := range t.rules[condition.rule].excluded.all() {
			t.covers[n].remove(c)
		}
	}
}
