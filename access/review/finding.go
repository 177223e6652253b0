package review

import (
	"cmp"
	"slices"
	"strings"
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

	names    []names // by rule
	excepted []names
}

func (r *Rules) findings() *findings {
	f := &findings{Rules: r}
	for _, as := range r.Table.Written() {
		f.names = append(f.names, namesOf(as.Who))
		f.excepted = append(f.excepted, namesOf(as.Except.Who))
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
