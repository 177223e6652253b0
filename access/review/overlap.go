package review

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/go-pme/pme/access/internal/people"
	"github.com/go-pme/pme/access/internal/written"
	"github.com/go-pme/pme/internal/modelid"
)

// covered finds rules that grant nothing that another one does not grant too.
func (f *findings) covered() {
	naming := make(map[string][]int) // rules by entries that name people
	for i := range f.Table.Written() {
		for k, values := range f.names[i] {
			for value := range values {
				naming[people.Keys[k]+value] = append(naming[people.Keys[k]+value], i)
			}
		}
	}
	for i, as := range f.Table.Written() {
		for _, j := range candidates(as, naming) {
			if i != j && f.covers(j, i) && !(j > i && f.covers(i, j)) {
				f.add(Hint, i, fmt.Sprintf("rule %d grants all that this one grants", j+1), "remove this rule")
				break
			}
		}
	}
}

// candidates returns the rules that name the first entry of a rule. Only they can cover it.
func candidates(as written.Rule, naming map[string][]int) []int {
	k := people.Kind(slices.IndexFunc(as.Who[:], func(entries []written.Entry) bool { return len(entries) > 0 }))
	value := people.Fold(k, as.Who[k][0].Value)
	found := naming[people.Keys[k]+value]
	if _, domain, ok := strings.Cut(value, "@"); ok && k == people.Emails {
		found = slices.Concat(found, naming[people.Keys[people.Domains]+domain])
	}
	return found
}

// covers reports whether rule j certainly grants all that rule i grants.
func (f *findings) covers(j, i int) bool {
	wide, narrow := f.Table.Written()[j], f.Table.Written()[i]
	return within(wide, narrow) && (len(exceptions(wide.Except)) == 0 || sameExceptions(wide, narrow)) && f.coversPeople(j, narrow) && coversModels(wide, narrow)
}

func sameExceptions(a, b written.Rule) bool {
	_, one := terms(written.Rule{Except: a.Except})
	_, other := terms(written.Rule{Except: b.Except})
	return one == other
}

// within reports whether the narrow rule is in force only when the wide one is.
func within(wide, narrow written.Rule) bool {
	begins := !wide.From.Given() || narrow.From.Given() && !narrow.From.Time.Before(wide.From.Time)
	ends := !wide.Until.Given() || narrow.Until.Given() && !narrow.Until.Time.After(wide.Until.Time)
	return begins && ends
}

func (f *findings) coversPeople(j int, narrow written.Rule) bool {
	named := f.names[j]
	for k, entries := range narrow.Who {
		for _, e := range entries {
			value := people.Fold(people.Kind(k), e.Value)
			_, domain, _ := strings.Cut(value, "@")
			if !named[k][value] && !(people.Kind(k) == people.Emails && named[people.Domains][domain]) {
				return false
			}
		}
	}
	return true
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

// undone finds exceptions of people whom another rule names for the same model: an exception takes away from its own rule only.
func (f *findings) undone() {
	granting := make(map[string][]int) // rules by entries that name people
	for i := range f.Table.Written() {
		for k, values := range f.names[i] {
			for value := range values {
				granting[people.Keys[k]+" "+value] = append(granting[people.Keys[k]+" "+value], i)
			}
		}
	}
	for i, as := range f.Table.Written() {
		undoing := make(map[int][]string)
		for k, entries := range as.Except.Who {
			for _, e := range entries {
				for _, j := range granting[people.Keys[k]+" "+people.Fold(people.Kind(k), e.Value)] {
					if j != i && shares(as, f.Table.Written()[j]) {
						undoing[j] = append(undoing[j], people.Keys[k]+" "+e.Value)
					}
				}
			}
		}
		for _, j := range slices.Sorted(maps.Keys(undoing)) {
			f.add(Hint, i, fmt.Sprintf("the rule excepts %s, to whom rule %d grants the same models", quoted(undoing[j]), j+1),
				"an exception takes away from its own rule only: except them there too, if that is meant")
		}
	}
}

// shares reports whether the rules have an entry for models in common.
func shares(a, b written.Rule) bool {
	return slices.ContainsFunc(a.Models, func(e written.Entry) bool {
		return slices.ContainsFunc(b.Models, func(o written.Entry) bool {
			return e.Value == o.Value || e.Value == written.AnyModel || o.Value == written.AnyModel
		})
	})
}
