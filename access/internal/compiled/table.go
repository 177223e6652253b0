// Package compiled answers questions about rules fast.
package compiled

import (
	"slices"
	"time"

	"github.com/go-pme/pme/access/internal/people"
	"github.com/go-pme/pme/access/internal/written"
	"github.com/go-pme/pme/access/selector"
	"github.com/go-pme/pme/internal/modelid"
)

// A Table is what rules are compiled to, for one resolution of their selectors. It is safe for concurrent use. The cost of
// Allowed does not depend on the number of rules: it is one look-up for the model and one for the person. The zero Table
// allows nothing.
type Table struct {
	rules   []rule
	ids     []string // of models, each once, as first listed; a model's number is its place here
	names   []string // of models, by number
	numbers map[string]int
	facts   [people.Kinds]map[string]*reach
	excepts [people.Kinds]map[string]set // which conditions exclude a person, by kind and value

	conditions []condition
	covers     []set // which conditions' rules are for a model, by the model's number
	coversAny  set   // which are for the models that no rule names
	changes    []time.Time

	people persons

	// Only explanations need these.
	written    []written.Rule
	resolution selector.Resolution
	spelled    spelled
}

// rule is what one rule allows.
type rule struct {
	all       bool
	models    []int // in the rule's order, without those that it excludes
	named     set   // the same
	excluded  set
	condition int  // its number, or unconditional
	stopped   bool // it excludes a selector that is not resolved, and so grants nothing
}

const unconditional = -1

// reach is the union of all rules that name one user ID, address, domain or group.
type reach struct {
	all        bool // without a condition
	models     set  // without a condition
	conditions set
	rules      set
}

// unlisted is the number of all models that no rule names. Only "*" allows them.
const unlisted = -1

// number returns the model's number.
func (t *Table) number(model string) int {
	if number, ok := t.numbers[model]; ok {
		return number
	}
	return unlisted
}

// Rules returns the number of rules.
func (t *Table) Rules() int { return len(t.rules) }

// Written returns the rules as they were written. The caller must not change them.
func (t *Table) Written() []written.Rule { return t.written }

// Resolution returns what the rules' selectors stand for. The caller must not change it.
func (t *Table) Resolution() selector.Resolution { return t.resolution }

// Named returns the entries of a kind on which answers depend, as they are compared, in any order.
func (t *Table) Named(k people.Kind) []string {
	named := make([]string, 0, len(t.facts[k])+len(t.excepts[k]))
	for value := range t.facts[k] {
		named = append(named, value)
	}
	for value := range t.excepts[k] {
		named = append(named, value)
	}
	slices.Sort(named)
	return slices.Compact(named)
}

// NextChange returns the first instant after now at which a rule begins or ends, or zero.
func (t *Table) NextChange(now time.Time) time.Time {
	i, found := slices.BinarySearchFunc(t.changes, now, time.Time.Compare)
	if found {
		i++
	}
	if i == len(t.changes) {
		return time.Time{}
	}
	return t.changes[i]
}

// Names reports whether rule i names the model, by ID, by a selector or by "*", also if it excludes this one.
func (t *Table) Names(i int, model string) bool {
	r, number := t.rules[i], t.number(model)
	if number != unlisted && r.named.has(number) {
		return true
	}
	if !r.stopped && !(number != unlisted && r.excluded.has(number)) {
		return r.all && modelid.Valid(model)
	}
	for _, e := range t.written[i].Models { // the compiled rule has no models that it does not grant
		if e.Value == written.AnyModel && modelid.Valid(model) || slices.Contains(t.selected(e), model) {
			return true
		}
	}
	return false
}

// Excludes reports whether rule i excludes the model.
func (t *Table) Excludes(i int, model string) bool {
	number := t.number(model)
	return number != unlisted && t.rules[i].excluded.has(number)
}

// Stopped reports whether rule i grants nothing because it excludes a selector that is not resolved.
func (t *Table) Stopped(i int) bool { return t.rules[i].stopped }

// IDs returns the IDs of all models that rules name or exclude, each once. The caller must not change the slice.
func (t *Table) IDs() []string { return t.ids }

// Empty reports whether rule i grants no model.
func (t *Table) Empty(i int) bool { return !t.rules[i].all && len(t.rules[i].models) == 0 }

// Granted returns the IDs of the models that rule i grants by name or selector, and whether it grants all others too.
func (t *Table) Granted(i int) (ids []string, all bool) {
	for _, n := range t.rules[i].models {
		ids = append(ids, t.ids[n])
	}
	return ids, t.rules[i].all
}
