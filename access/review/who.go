package review

import (
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
	for i, as := range r.Table.Written() {
		by, selects := r.selecting(i, model)
		if !selects || r.Table.Excludes(i, model) {
			continue
		}
		eachEntry(as.Who, func(kind, value string) {
			v.Entries = append(v.Entries, Viewer{Kind: kind, Value: value, By: by, Term: r.term(i, at)})
		})
	}
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
func eachEntry(w written.Who, f func(kind, value string)) {
	for k, entries := range w {
		for _, e := range entries {
			f(people.Keys[k], e.Value)
		}
	}
}
