package review

import (
	"maps"
	"slices"
	"time"

	"github.com/go-pme/pme/access/internal/people"
	"github.com/go-pme/pme/access/internal/written"
)

// Viewers is the answer to who may see a space.
type Viewers struct {
	// Model is the ID asked about.
	Model string `json:"model"`

	// At is the time asked about.
	At time.Time `json:"at"`

	// Entries are those of all rules for the model, in the order of the rules.
	Entries []Viewer `json:"entries"`

	// Unresolved are the selectors of which it is not known whether they select the space.
	Unresolved []string `json:"unresolved,omitempty"`
}

// A Viewer is an entry of a rule that names people, and with it who may see a space.
type Viewer struct {
	// Kind is "users", "emails", "domains" or "groups".
	Kind string `json:"kind"`

	// Value is the entry as it is written.
	Value string `json:"value"`

	// By is the entry of the rule's models that selects the space: its ID, a selector or "*".
	By string `json:"by"`

	Term
}

// Who returns who may see a model, by all rules that are for it: also those that have ended or have not begun. What a rule excepts
// is part of the answer. It does not check that there is such a model.
func (r *Rules) Who(model string, at time.Time) Viewers {
	v := Viewers{Model: model, At: at}
	unresolved := make(map[string]bool)
	for i, as := range r.Table.Written() {
		for _, e := range as.Models {
			if e.Selects() && !r.Table.Resolution()[e.Selector].Known() {
				unresolved[e.Value] = true
			}
		}
		by, selects := r.selecting(i, model)
		if !selects || r.Table.Excludes(i, model) {
			continue
		}
		except := namesOf(as.Except.Who)
		eachEntry(as.Who, func(k people.Kind, value string) {
			e := Viewer{Kind: people.Keys[k], Value: value, By: by, Term: r.term(i, at)}
			if except.has(k, value) {
				e.State = Excepted
			}
			v.Entries = append(v.Entries, e)
		})
	}
	v.Unresolved = slices.Sorted(maps.Keys(unresolved))
	return v
}

// selecting returns the entry of rule i that selects the model.
func (r *Rules) selecting(i int, model string) (entry string, ok bool) {
	if !r.Table.Names(i, model) {
		return "", false
	}
	models := r.Table.Written()[i].Models
	for _, e := range models {
		if e.Value == model || e.Selects() && slices.Contains(r.Table.Resolution()[e.Selector].Models, model) {
			return e.Value, true
		}
	}
	return written.AnyModel, true
}

// eachEntry calls f for each entry of lists of people.
func eachEntry(w written.Who, f func(k people.Kind, value string)) {
	for k, entries := range w {
		for _, e := range entries {
			f(people.Kind(k), e.Value)
		}
	}
}
