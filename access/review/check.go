package review

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-pme/pme/access/internal/people"
	"github.com/go-pme/pme/access/internal/written"
	"github.com/go-pme/pme/internal/modelid"
	"github.com/go-pme/pme/internal/spelling"
)

// farAhead is when the beginning of a rule looks like a mistake.
const farAhead = 366 * 24 * time.Hour

// Check returns what is odd about a valid list at this time, without the network. What selectors stand for is considered if the rules
// have a resolution.
func (r *Rules) Check(at time.Time) Findings {
	f := r.findings()
	for i, as := range r.Table.Written() {
		f.dates(i, as, at)
		f.effect(i, as)
		f.exceptions(i, as)
		f.simpler(i, as)
	}
	f.overlaps()
	f.spellings()
	return f.sorted()
}

func (f *findings) dates(i int, as written.Rule, at time.Time) {
	switch {
	case as.Until.Given() && !at.Before(as.Until.Time):
		f.add(Warning, i, "the rule has ended: until "+as.Until.Text, "remove it, or give it another end")
	case as.From.Given() && as.From.Time.Sub(at) > farAhead:
		f.add(Hint, i, "the rule begins in more than a year: from "+as.From.Text, "check the year")
	}
}

// effect finds rules that grant nothing.
func (f *findings) effect(i int, as written.Rule) {
	switch {
	case f.everyoneExcepted(i, as):
		f.add(Warning, i, "the rule excepts everybody whom it names", "remove the rule, or the exceptions")
	case f.Table.Resolution() == nil && f.selects(as):
		return // what the selectors stand for is not known
	case f.Table.Stopped(i):
		f.add(Error, i, "the rule grants nothing: it excepts a selector that is not resolved", "see the problem of the selector")
	case f.Table.Empty(i):
		f.add(Warning, i, "the rule grants nothing: its selectors stand for no spaces, or all its models are excepted", "remove it, or correct its models")
	}
}

func (f *findings) selects(as written.Rule) bool {
	return slices.ContainsFunc(slices.Concat(as.Models, as.Except.Models), written.Entry.Selects)
}

// everyoneExcepted reports whether each entry of rule i that names people is excepted too. An address is if its domain is.
func (f *findings) everyoneExcepted(i int, as written.Rule) bool {
	all := true
	eachEntry(as.Who, func(k people.Kind, value string) { all = all && f.excepted[i].has(k, value) })
	return all
}

// exceptions finds exceptions that except nothing of the rule's people or models.
func (f *findings) exceptions(i int, as written.Rule) {
	for _, e := range as.Except.Who[people.Users] {
		if f.names[i].only(people.Users) && !f.names[i].has(people.Users, e.Value) {
			f.add(Warning, i, "the rule excepts the user "+e.Value+", whom it does not name", "remove the exception: it takes nothing away from other rules")
		}
	}
	if slices.ContainsFunc(as.Models, func(e written.Entry) bool { return e.Value == written.AnyModel || e.Selects() }) {
		return
	}
	for _, e := range as.Except.Models {
		if !e.Selects() && !slices.ContainsFunc(as.Models, func(m written.Entry) bool { return m.Value == e.Value }) {
			f.add(Warning, i, "the rule excepts "+e.Value+", which it does not select", "remove the exception: it takes nothing away from other rules")
		}
	}
}

// simpler finds what could be left out of a rule, and views.
func (f *findings) simpler(i int, as written.Rule) {
	named := f.names[i]
	for _, e := range as.Who[people.Emails] {
		if _, domain, _ := strings.Cut(spelled(people.Emails, e.Value), "@"); named[people.Domains][domain] {
			f.add(Hint, i, fmt.Sprintf("the rule names %s and its domain", e.Value), "remove the address")
		}
	}
	all := slices.ContainsFunc(as.Models, func(e written.Entry) bool { return e.Value == written.AnyModel })
	for _, e := range as.Models {
		switch {
		case modelid.ValidView(e.Value):
			f.add(Hint, i, e.Value+" is a view: whether Matterport mints tokens for views is not known", "see Config.Views")
		case all && e.Value != written.AnyModel && !e.Named:
			f.add(Hint, i, `the rule names "*" and `+e.Value, "remove one of them")
		}
	}
}

// spellings finds users and groups that differ only in letter case, spaces or invisible characters.
func (f *findings) spellings() {
	for _, k := range []people.Kind{people.Users, people.Groups} {
		first := make(map[string]written.Entry) // by its text without differences of spelling
		rules := make(map[string]int)
		told := make(map[string]bool)
		for i, as := range f.Table.Written() {
			for _, e := range as.Who[k] {
				text := spelling.Key(e.Value)
				switch known, ok := first[text]; {
				case !ok:
					first[text], rules[text] = e, i
				case known.Value != e.Value && !told[e.Value]:
					told[e.Value] = true
					f.add(Warning, i, fmt.Sprintf("%s %q is spelled %q in rule %d", people.Nouns[k], e.Value, known.Value, rules[text]+1),
						"use one spelling, the one of the identity provider: names are compared exactly")
				}
			}
		}
	}
}
