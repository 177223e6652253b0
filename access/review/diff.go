package review

import (
	"maps"
	"slices"
	"strings"

	"github.com/go-pme/pme/access/internal/people"
	"github.com/go-pme/pme/access/internal/written"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/modelid"
)

// maxListed bounds each list of a [Change].
const maxListed = 1000

// A Change is what changes if one allow-list replaces another.
type Change struct {
	// Gained are the grants that only the new list has, Lost those that only the old list has. A grant whose dates or exceptions
	// change is in both.
	Gained []Grant `json:"gained,omitempty"`
	Lost   []Grant `json:"lost,omitempty"`

	// People are the changes for the people who were given to [Diff].
	People []PersonChange `json:"people,omitempty"`

	// Omitted is how many changes are in none of the lists: each has up to 1,000.
	Omitted int `json:"omitted,omitempty"`

	// Cosmetic says that two files differ, but only in what grants nothing: the order of rules, display names, comments.
	Cosmetic bool `json:"cosmetic,omitempty"`
}

// Empty reports whether the lists grant the same.
func (c Change) Empty() bool { return len(c.Gained)+len(c.Lost)+len(c.People) == 0 }

// A Grant is an entry that names people, with one model.
type Grant struct {
	// Kind is "users", "emails", "domains" or "groups".
	Kind string `json:"kind"`

	// Value is the entry as it is compared.
	Value string `json:"value"`

	// Model is an ID, a selector or "*".
	Model string `json:"model"`

	// Terms are the dates and the exceptions of the rule, such as "until 2026-12-31 Europe/Berlin, except groups contractors".
	Terms string `json:"terms,omitempty"`

	// Rule and Line say where the grant is, in the list that has it.
	Rule int `json:"rule"`
	Line int `json:"line,omitempty"`
}

// key is what a grant is compared by.
type key struct{ kind, value, model, terms string }

// Diff compares two allow-lists: grant by grant, whatever the order of rules and entries. A grant that another one of the same entry
// covers is no change. For the people, it also compares
// what the lists allow, model by model at every date of both lists, so that it shows what a change means to them. Selectors are compared
// as they are written, and for the people by what they stand for.
func Diff(before, after *Rules, people ...*identity.User) Change {
	was, is := before.grants(), after.grants()
	var c Change
	c.Gained = c.bounded(missing(is, was))
	c.Lost = c.bounded(missing(was, is))
	for _, u := range people {
		changes := compare(before, after, u)
		room := max(0, maxListed-len(c.People))
		c.Omitted += max(0, len(changes)-room)
		c.People = append(c.People, changes[:min(len(changes), room)]...)
	}
	c.Cosmetic = c.Empty() && before.Hash != after.Hash
	return c
}

func (c *Change) bounded(grants []Grant) []Grant {
	c.Omitted += max(0, len(grants)-maxListed)
	return grants[:min(len(grants), maxListed)]
}

// missing returns the grants that others do not have, sorted.
func missing(grants, others map[key]Grant) []Grant {
	var out []Grant
	for k, g := range grants {
		if !covers(others, k) {
			out = append(out, g)
		}
	}
	slices.SortFunc(out, func(a, b Grant) int {
		return strings.Compare(a.Kind+"\x00"+a.Value+"\x00"+a.Model+"\x00"+a.Terms, b.Kind+"\x00"+b.Value+"\x00"+b.Model+"\x00"+b.Terms)
	})
	return out
}

// covers reports whether the grants have this one, or a wider one of the same entry.
func covers(grants map[key]Grant, k key) bool {
	for _, wider := range []key{k, {k.kind, k.value, k.model, ""}, {k.kind, k.value, written.AnyModel, ""}} {
		if _, ok := grants[wider]; ok && (wider.model == k.model || !modelid.ValidView(k.model)) {
			return true
		}
	}
	return false
}

// grants returns all grants of the rules.
func (r *Rules) grants() map[key]Grant {
	all := make(map[key]Grant)
	for i, as := range r.Table.Written() {
		text, same := terms(as)
		for k, entries := range as.Who {
			for _, e := range entries {
				for _, m := range as.Models {
					g := Grant{
						Kind: people.Keys[k], Value: spelled(people.Kind(k), e.Value), Model: m.Value, Terms: text, Rule: i + 1, Line: r.line(i),
					}
					id := key{g.Kind, g.Value, g.Model, same}
					if _, known := all[id]; !known {
						all[id] = g
					}
				}
			}
		}
	}
	return all
}

// terms returns a rule's dates and exceptions as text, and in a form in which two are equal if they mean the same.
func terms(r written.Rule) (text, same string) {
	var parts, sorted []string
	for _, edge := range []struct {
		word string
		written.Moment
	}{{"from", r.From}, {"until", r.Until}} {
		if edge.Given() {
			parts = append(parts, edge.word+" "+edge.Text)
			sorted = append(sorted, edge.word+edge.Time.UTC().String())
		}
	}
	except := make(map[string]bool)
	for k, entries := range r.Except.Who {
		for _, e := range entries {
			except[people.Keys[k]+" "+spelled(people.Kind(k), e.Value)] = true
		}
	}
	for _, m := range r.Except.Models {
		except["models "+m.Value] = true
	}
	if listed := exceptions(r.Except); len(listed) > 0 {
		parts = append(parts, "except "+strings.Join(listed, ", "))
	}
	return strings.Join(parts, ", "), strings.Join(append(sorted, slices.Sorted(maps.Keys(except))...), "\x00")
}
