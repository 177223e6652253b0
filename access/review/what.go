package review

import (
	"fmt"
	"slices"
	"time"

	"github.com/go-pme/pme/access/internal/people"
	"github.com/go-pme/pme/access/internal/written"
	"github.com/go-pme/pme/identity"
)

// Holdings is the answer to what a person may see.
type Holdings struct {
	// User is the ID of the person asked about.
	User string `json:"user"`

	// At is the time asked about.
	At time.Time `json:"at"`

	// Models are the models that rules name for the person and that the person may see.
	Models []Held `json:"models"`

	// All reports whether the person may see more models, by a rule for "*". Rules says which, and what it excepts.
	All bool `json:"all"`

	// Rules are all rules that name the person, also those that have ended or have not begun.
	Rules []Ground `json:"rules"`
}

// Held is a model that a person may see.
type Held struct {
	// Model is its ID.
	Model string `json:"model"`

	// Name is its display name in the list, or empty.
	Name string `json:"name,omitempty"`

	// Until is when the person will no longer see it. It is zero if there is no end.
	Until time.Time `json:"until,omitzero"`
}

// A Ground is a rule that names a person.
type Ground struct {
	// By is the person's fact that the rule names, such as `group "facilities"`.
	By string `json:"by"`

	// Models are the rule's entries as they are written.
	Models []string `json:"models"`

	// Excepted is the fact because of which the rule grants the person nothing, or empty.
	Excepted string `json:"excepted,omitempty"`

	Term
}

// What returns what a person may see, and by which rules. It does not check that there are such models.
func (r *Rules) What(u *identity.User, at time.Time) Holdings {
	if !u.SignedIn() {
		return Holdings{At: at}
	}
	h := Holdings{User: u.ID, At: at}
	models, open := r.Table.Grants(u, at)
	h.All = open
	for _, m := range models {
		_, until := r.Table.AllowedAt(u, m.ID, func() time.Time { return at })
		h.Models = append(h.Models, Held{Model: m.ID, Name: m.Name, Until: until})
	}
	evidence := r.Table.Evidence(u)
	for i, as := range r.Table.Written() {
		if !evidence.Hit(i) {
			continue
		}
		g := Ground{Models: written.Values(as.Models), Term: r.term(i, at)}
		for k := range slices.Backward(people.Keys[:]) { // the first kind counts
			if f, hit := evidence.Found(people.Kind(k), i); hit {
				g.By = fact(people.Kind(k), f.Has)
			}
			if f, hit := evidence.Excluded(people.Kind(k), i); hit {
				g.Excepted = fact(people.Kind(k), f.Has)
			}
		}
		h.Rules = append(h.Rules, g)
	}
	return h
}

func fact(k people.Kind, value string) string { return fmt.Sprintf("%s %q", people.Nouns[k], value) }
