package review

import (
	"cmp"
	"slices"
	"strings"

	"github.com/go-pme/pme/access/internal/people"
)

// A Severity says how much a [Finding] matters.
type Severity string

// The severities.
const (
	Error   Severity = "error"   // the list does not do what it says
	Warning Severity = "warning" // a part of the list has no effect, or probably not the one that is meant
	Hint    Severity = "hint"    // something could be simpler, or is worth a look
)

// A Finding is something odd about an allow-list that is valid.
type Finding struct {
	Severity Severity `json:"severity"`

	// Rule is the rule's number, counted from 1, and Line where it begins in the file, or 0.
	Rule int `json:"rule"`
	Line int `json:"line,omitempty"`

	// Text says what is odd, and Remedy what can be done.
	Text   string `json:"text"`
	Remedy string `json:"remedy"`
}

// Findings are in the order of the rules.
type Findings []Finding

// findings collects what is found about rules.
type findings struct {
	*Rules
	found Findings
	names []names // by rule
}

// names are the values of a rule's entries that name people, by kind, as they are compared.
type names [people.Kinds]map[string]bool

func (r *Rules) findings() *findings {
	f := &findings{Rules: r}
	for _, as := range r.Table.Written() {
		var n names
		for k, entries := range as.Who {
			n[k] = make(map[string]bool, len(entries))
			for _, e := range entries {
				n[k][people.Fold(people.Kind(k), e.Value)] = true
			}
		}
		f.names = append(f.names, n)
	}
	return f
}

func (f *findings) add(severity Severity, rule int, text, remedy string) {
	f.found = append(f.found, Finding{Severity: severity, Rule: rule + 1, Line: f.line(rule), Text: text, Remedy: remedy})
}

func (f *findings) sorted() Findings {
	slices.SortStableFunc(f.found, func(a, b Finding) int { return cmp.Compare(a.Rule, b.Rule) })
	return f.found
}

// quoted lists the first few of what a finding is about.
func quoted(values []string) string {
	const most = 5
	shown := values[:min(len(values), most)]
	text := strings.Join(shown, ", ")
	if len(shown) < len(values) {
		text += " and others"
	}
	return text
}
