package review

import (
	"fmt"
	"slices"
	"strings"

	"github.com/go-pme/pme/access/internal/people"
	"github.com/go-pme/pme/access/internal/written"
	"github.com/go-pme/pme/internal/modelid"
)

// mostRivals bounds how many other rules one rule is compared with, for each of its grants.
const mostRivals = 20

// mostCompared bounds how often one rule is compared with others in search of a grant that they share.
const mostCompared = 200

// rivals finds rules by what they grant: an entry that names people, and a model.
type rivals map[string][]int

// anything stands for whatever a rule grants.
const anything = ""

func rival(k people.Kind, value, model string) string {
	return people.Keys[k] + " " + value + " " + model
}

func (f *findings) rivals() rivals {
	r := make(rivals)
	for i, as := range f.Table.Written() {
		for k, values := range f.names[i] {
			for value := range values {
				for _, model := range append(written.Values(as.Models), anything) {
					key := rival(people.Kind(k), value, model)
					r[key] = append(r[key], i)
				}
			}
		}
	}
	return r
}

// of returns rules that grant the model to the entry, or every model, or to the domain of an address.
func (r rivals) of(k people.Kind, value, model string) []int {
	value = spelled(k, value)
	found := r.with(k, value, model)
	if _, domain, ok := strings.Cut(value, "@"); ok && k == people.Emails {
		found = slices.Concat(found, r.with(people.Domains, domain, model))
	}
	return found[:min(len(found), mostRivals)]
}

func (r rivals) with(k people.Kind, value, model string) []int {
	found := r[rival(k, value, model)]
	if model != written.AnyModel && model != anything && !modelid.ValidView(model) {
		found = slices.Concat(found, r[rival(k, value, written.AnyModel)])
	}
	return found
}

// overlaps finds rules that another one makes superfluous, rules that share a grant, and exceptions that another rule undoes.
func (f *findings) overlaps() {
	all := f.rivals()
	for i, as := range f.Table.Written() {
		if !f.covered(i, as, all) {
			f.shared(i, as, all)
		}
		f.undone(i, as, all)
	}
}

// covered finds a rule that grants all that rule i grants.
func (f *findings) covered(i int, as written.Rule, all rivals) bool {
	if len(as.Models) == 0 {
		return false
	}
	k, value := firstEntry(as.Who)
	for _, j := range all.of(k, value, as.Models[0].Value) {
		if i != j && f.covers(j, i) && !(j > i && f.covers(i, j)) {
			f.add(Hint, i, fmt.Sprintf("rule %d grants all that this one grants", j+1), "remove this rule")
			return true
		}
	}
	return false
}

func firstEntry(w written.Who) (k people.Kind, value string) {
	first := slices.IndexFunc(w[:], func(entries []written.Entry) bool { return len(entries) > 0 })
	return people.Kind(first), w[first][0].Value
}

// shared finds an earlier rule that grants one of the same models to one of the same entries, at the same time and on the same terms.
func (f *findings) shared(i int, as written.Rule, all rivals) {
	left := mostCompared
	for k, entries := range as.Who {
		for _, e := range entries {
			for _, m := range as.Models {
				for _, j := range all[rival(people.Kind(k), spelled(people.Kind(k), e.Value), m.Value)] {
					if left--; j >= i || left < 0 {
						break
					}
					if other := f.Table.Written()[j]; meet(as, other) && sameExceptions(as, other) && !f.covers(i, j) {
						f.add(Hint, i, fmt.Sprintf("rule %d grants %s to %s %s too", j+1, m.Value, people.Keys[k], e.Value), "leave it out of one of them")
						return
					}
				}
			}
		}
	}
}

// undone finds an exception of people to whom another rule grants the same model: an exception takes away from its own rule only.
func (f *findings) undone(i int, as written.Rule, all rivals) {
	for k, entries := range as.Except.Who {
		for _, e := range entries {
			for _, m := range as.Models {
				model := m.Value
				if model == written.AnyModel {
					model = anything
				}
				for _, j := range all.of(people.Kind(k), e.Value, model) {
					if j == i || !meet(as, f.Table.Written()[j]) || f.excepted[j].has(people.Kind(k), e.Value) {
						continue
					}
					f.add(Hint, i, fmt.Sprintf("the rule excepts %s %s, to whom rule %d grants some of its models", people.Keys[k], e.Value, j+1),
						"an exception takes away from its own rule only: except them there too, if that is meant")
					return
				}
			}
		}
	}
}

// covers reports whether rule j certainly grants all that rule i grants.
func (f *findings) covers(j, i int) bool {
	wide, narrow := f.Table.Written()[j], f.Table.Written()[i]
	return within(wide, narrow) && (len(exceptions(wide.Except)) == 0 || sameExceptions(wide, narrow)) && f.coversPeople(j, narrow) && coversModels(wide, narrow)
}

func sameExceptions(a, b written.Rule) bool {
	if len(a.Except.Models) != len(b.Except.Models) {
		return false
	}
	_, one := terms(written.Rule{Except: a.Except})
	_, other := terms(written.Rule{Except: b.Except})
	return one == other
}

// meet reports whether there is a time at which both rules are in force.
func meet(a, b written.Rule) bool {
	before := func(a, b written.Rule) bool {
		return a.Until.Given() && b.From.Given() && !b.From.Time.Before(a.Until.Time)
	}
	return !before(a, b) && !before(b, a)
}

// within reports whether the narrow rule is in force only when the wide one is.
func within(wide, narrow written.Rule) bool {
	begins := !wide.From.Given() || narrow.From.Given() && !narrow.From.Time.Before(wide.From.Time)
	ends := !wide.Until.Given() || narrow.Until.Given() && !narrow.Until.Time.After(wide.Until.Time)
	return begins && ends
}

func (f *findings) coversPeople(j int, narrow written.Rule) bool {
	all := true
	eachEntry(narrow.Who, func(k people.Kind, value string) { all = all && f.names[j].has(k, value) })
	return all
}

func coversModels(wide, narrow written.Rule) bool {
	has := make(map[string]bool, len(wide.Models))
	for _, e := range wide.Models {
		has[e.Value] = true
	}
	for _, e := range narrow.Models {
		if e.Named && !has[e.Value] || !has[e.Value] && !(has[written.AnyModel] && !modelid.ValidView(e.Value)) {
			return false
		}
	}
	return true
}
