package compiled

import (
	"slices"

	"github.com/go-pme/pme/access/internal/people"
	"github.com/go-pme/pme/access/internal/written"
	"github.com/go-pme/pme/access/selector"
	"github.com/go-pme/pme/internal/modelid"
)

// Compile turns checked rules into a Table. The caller must not change rules and the resolution afterwards.
func Compile(rules []written.Rule, resolution selector.Resolution) *Table {
	t := &Table{numbers: make(map[string]int), written: rules, resolution: resolution}
	for k := range people.Kinds {
		t.facts[k], t.excepts[k] = make(map[string]*reach), make(map[string]set)
	}
	naming := make(map[people.Kind]map[string][]int) // which rules name a person, by kind and value
	for i, r := range rules {
		t.rules = append(t.rules, t.rule(r))
		for k, entries := range r.Who {
			name(naming, people.Kind(k), entries, i)
		}
	}
	t.condition()
	t.cover()
	t.reaches(naming)
	return t
}

func name(naming map[people.Kind]map[string][]int, k people.Kind, entries []written.Entry, rule int) {
	if naming[k] == nil {
		naming[k] = make(map[string][]int)
	}
	for _, e := range entries {
		for _, v := range people.Spellings(k, e.Value) {
			if !slices.Contains(naming[k][v], rule) {
				naming[k][v] = append(naming[k][v], rule)
			}
		}
	}
}

// rule numbers the rule's models.
func (t *Table) rule(r written.Rule) rule {
	out := rule{condition: unconditional}
	for _, e := range r.Except.Models {
		t.exclude(&out, e)
	}
	for _, e := range r.Models {
		out.all = out.all || e.Value == written.AnyModel
		for _, id := range t.selected(e) {
			n := t.numbered(id)
			if e.Named {
				t.names[n] = e.Name
			}
			if !out.excluded.has(n) && !out.named.has(n) {
				out.named.add(n)
				out.models = append(out.models, n)
			}
		}
	}
	if out.stopped {
		out.all, out.models, out.named = false, nil, nil
	}
	return out
}

func (t *Table) exclude(r *rule, e written.Entry) {
	result := t.resolution[e.Selector]
	if e.Selects() && (!result.Known() || result.Missing) {
		r.stopped = true
	}
	for _, id := range slices.Concat(t.selected(e), result.Doubtful) {
		r.excluded.add(t.numbered(id))
	}
}

// selected returns the IDs that an entry stands for, without those of "*".
func (t *Table) selected(e written.Entry) []string {
	switch {
	case e.Value == written.AnyModel:
		return nil
	case !e.Selects():
		return []string{e.Value}
	}
	result := t.resolution[e.Selector]
	if !result.Known() {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(result.Models), func(id string) bool { return !modelid.Valid(id) })
}

// numbered returns the model's number, a new one if need be.
func (t *Table) numbered(id string) int {
	n, ok := t.numbers[id]
	if !ok {
		n = len(t.ids)
		t.numbers[id] = n
		t.ids = append(t.ids, id)
		t.names = append(t.names, "")
	}
	return n
}
