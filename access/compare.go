package access

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-pme/pme/access/internal/compiled"
	"github.com/go-pme/pme/access/internal/people"
	"github.com/go-pme/pme/access/internal/written"
	"github.com/go-pme/pme/access/selector"
	"github.com/go-pme/pme/identity"
)

// These bound an Explanation, as its documentation says.
const (
	maxExplained = 100 // rules
	maxWants     = 10  // entries of a criterion
	maxWant      = 256 // bytes of an entry
)

// comparison is a person, a model and a time that rules are compared with.
type comparison struct {
	*ruleset
	evidence *compiled.Evidence
	model    string
	now      time.Time
}

// A rank says how relevant a rule is to a question. Lower ranks are more relevant.
type rank int

const (
	matches rank = iota
	nearlyMatches
	namesPerson
	namesModel
	unrelated
	ranks // how many there are
)

// rank returns how relevant rule i is.
func (c *comparison) rank(i int) rank {
	hit, allows := c.evidence.Hit(i), c.Names(i, c.model)
	switch {
	case hit && allows && c.obstacle(i) == "":
		return matches
	case allows && (hit || c.evidence.Near(i)):
		return nearlyMatches
	case hit:
		return namesPerson
	case allows:
		return namesModel
	}
	return unrelated
}

// compare explains the most relevant rules, in the order of their numbers.
func (s *ruleset) compare(u *identity.User, model string, now time.Time) []RuleExplanation {
	c := &comparison{s, s.Evidence(u), model, now}
	var byRank [ranks][]int
	for i := range s.Rules() {
		r := c.rank(i)
		if len(byRank[r]) < maxExplained {
			byRank[r] = append(byRank[r], i)
		}
	}
	listed := slices.Concat(byRank[:]...)
	listed = listed[:min(len(listed), maxExplained)]
	slices.Sort(listed)
	var explained []RuleExplanation
	for _, i := range listed {
		explained = append(explained, c.rule(i))
	}
	return explained
}

func (c *comparison) rule(i int) RuleExplanation {
	as := c.Written()[i]
	r := RuleExplanation{Number: i + 1, Line: c.origin.line(i)}
	for k, entries := range as.Who {
		if len(entries) > 0 {
			f, hit := c.evidence.Found(people.Kind(k), i)
			r.Criteria = append(r.Criteria, criterion(people.Keys[k], written.Values(entries), hit, f))
			r.If = cmp.Or(r.If, f.If)
		}
	}
	named, allows := c.evidence.Hit(i), c.Names(i, c.model)
	r.Criteria = append(r.Criteria, c.models("models", as.Models, allows))
	r.Criteria = append(r.Criteria, c.dates(as)...)
	r.Criteria = append(r.Criteria, c.exceptions(i, as.Except)...)
	obstacle := c.obstacle(i)
	r.Matched = named && allows && obstacle == ""
	switch {
	case r.Matched || !allows:
		r.If = ""
	case named:
		r.If = obstacle
	case r.If != "" && obstacle != "":
		r.If += " and " + obstacle
	}
	return r
}

// obstacle says what would have to be different for rule i to count, besides its people and models. It is empty if nothing would.
func (c *comparison) obstacle(i int) string {
	var conditions []string
	as := c.Written()[i]
	if as.From.Given() && c.now.Before(as.From.Time) {
		conditions = append(conditions, fmt.Sprintf("the rule had begun (from %s)", as.From.Text))
	}
	if as.Until.Given() && !c.now.Before(as.Until.Time) {
		conditions = append(conditions, fmt.Sprintf("the rule had not ended (until %s)", as.Until.Text))
	}
	for k := range people.Kinds {
		if f, hit := c.evidence.Excluded(k, i); hit {
			conditions = append(conditions, fmt.Sprintf("the rule did not except the %s %.64q", people.Nouns[k], f.Has))
		}
	}
	if c.Excludes(i, c.model) {
		conditions = append(conditions, "the rule did not except the model")
	}
	if c.Stopped(i) {
		conditions = append(conditions, "all selectors that the rule excepts stood for something")
	}
	return strings.Join(conditions, " and ")
}

// models compares entries with the model.
func (c *comparison) models(kind string, entries []written.Entry, hit bool) Criterion {
	var has string
	if hit {
		has = c.entry(entries)
	}
	out := criterion(kind, anyFirst(written.Values(entries)), hit, compiled.Finding{Has: has})
	for _, e := range entries {
		if e.Selects() && slices.Contains(out.Wants, clip(e.Value)) {
			out.Selectors = append(out.Selectors, c.selector(e.Selector))
		}
	}
	return out
}

// anyFirst puts "*" before the others, so that it is among those that are shown.
func anyFirst(values []string) []string {
	if i := slices.Index(values, written.AnyModel); i > 0 {
		return slices.Insert(slices.Delete(values, i, i+1), 0, written.AnyModel)
	}
	return values
}

// entry returns the entry that selects the model.
func (c *comparison) entry(entries []written.Entry) string {
	for _, e := range entries {
		if e.Value == c.model {
			return e.Value
		}
	}
	for _, e := range entries {
		result := c.Resolution()[e.Selector]
		if e.Selects() && (slices.Contains(result.Models, c.model) || slices.Contains(result.Doubtful, c.model)) {
			return e.Value
		}
	}
	return written.AnyModel
}

func (c *comparison) selector(s selector.Selector) SelectorExplanation {
	result := c.Resolution()[s]
	e := SelectorExplanation{Selector: clip(s.String()), Models: len(result.Models), At: result.At, Problem: clip(result.Problem)}
	if !result.Known() {
		e.Models, e.Problem = 0, cmp.Or(e.Problem, "not looked up yet")
	}
	return e
}

// dates compares the rule's dates with the time.
func (c *comparison) dates(r written.Rule) (out []Criterion) {
	has := c.now.UTC().Format(time.RFC3339)
	if r.From.Given() {
		out = append(out, criterion("from", []string{r.From.Text}, !c.now.Before(r.From.Time), compiled.Finding{Has: has}))
	}
	if r.Until.Given() {
		out = append(out, criterion("until", []string{r.Until.Text}, c.now.Before(r.Until.Time), compiled.Finding{Has: has}))
	}
	return out
}

// exceptions compares what rule i excludes with the person and the model.
func (c *comparison) exceptions(i int, except written.Except) (out []Criterion) {
	for k, entries := range except.Who {
		if len(entries) > 0 {
			f, hit := c.evidence.Excluded(people.Kind(k), i)
			out = append(out, criterion("except."+people.Keys[k], written.Values(entries), hit, f))
		}
	}
	if len(except.Models) > 0 {
		out = append(out, c.models("except.models", except.Models, c.Excludes(i, c.model)))
	}
	return out
}

func criterion(kind string, wants []string, hit bool, f compiled.Finding) Criterion {
	c := Criterion{Kind: kind, Hit: hit, Has: clip(f.Has), If: f.If}
	for _, want := range wants[:min(len(wants), maxWants)] {
		c.Wants = append(c.Wants, clip(want))
	}
	c.More = len(wants) - len(c.Wants)
	return c
}
