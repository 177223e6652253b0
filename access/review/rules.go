package review

import (
	"errors"
	"fmt"
	"time"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/access/internal/compiled"
	"github.com/go-pme/pme/access/internal/people"
	"github.com/go-pme/pme/access/internal/reviewed"
	"github.com/go-pme/pme/access/internal/written"
	"github.com/go-pme/pme/access/selector"
)

// Rules are one version of an allow-list. They do not change when the policy that they come from does. They are safe for
// concurrent use.
type Rules struct {
	version
}

// version is embedded under a name that is not exported.
type version = reviewed.Version

// File reads an allow-list as [access.OpenFile] does. Its selectors are not resolved: see [Rules.Resolve].
func File(path string) (*Rules, error) {
	f, err := access.OpenFile(path, access.FileOptions{})
	if err != nil {
		return nil, err //nolint:wrapcheck // it names the file, and the line of each problem
	}
	rules, err := Policy(f)
	return rules, errors.Join(err, f.Close())
}

// List checks the list and returns its rules. Its selectors are not resolved: see [Rules.Resolve].
func List(list access.List) (*Rules, error) {
	policy, err := list.Policy()
	if err != nil {
		return nil, err //nolint:wrapcheck // it names each problem with its rule
	}
	return Policy(policy)
}

// Policy returns the rules that a policy has in force, with what their selectors stand for now. The policy must be what an
// [access.List] is compiled to, or an [*access.File].
func Policy(policy access.Policy) (*Rules, error) {
	v, ok := reviewed.Of(policy)
	if !ok {
		return nil, fmt.Errorf("review: a %T has no rules that can be reviewed: give an access.List or an *access.File", policy)
	}
	return &Rules{v}, nil
}

// Resolve returns the rules with what their selectors stand for.
func (r *Rules) Resolve(resolution selector.Resolution) *Rules {
	v := r.version
	v.Table = compiled.Compile(v.Table.Written(), resolution)
	return &Rules{v}
}

// line returns where rule i begins in its file, or 0.
func (r *Rules) line(i int) int {
	if i < len(r.Lines) {
		return r.Lines[i]
	}
	return 0
}

// A State says whether a rule is in force at a time.
type State string

// The states.
const (
	Now    State = "now"
	Later  State = "later"   // it has not begun
	Ended  State = "ended"   // it is over
	Paused State = "stopped" // it excepts a selector that is not resolved or stands for nothing, and so grants nothing

	// Excepted is the state of an entry that its own rule excepts.
	Excepted State = "excepted"
)

func (r *Rules) state(i int, at time.Time) State {
	as := r.Table.Written()[i]
	switch {
	case as.Until.Given() && !at.Before(as.Until.Time):
		return Ended
	case as.From.Given() && at.Before(as.From.Time):
		return Later
	case r.Table.Stopped(i):
		return Paused
	}
	return Now
}

// A Term is the part of an answer that one rule accounts for.
type Term struct {
	// Rule is the rule's number, counted from 1.
	Rule int `json:"rule"`

	// Line is where the rule begins in the file. It is 0 for rules in code.
	Line int `json:"line,omitempty"`

	// State says whether the rule is in force at the time asked about.
	State State `json:"state"`

	// From and Until are the dates of the rule as they are written. They are empty if it has none.
	From  string `json:"from,omitempty"`
	Until string `json:"until,omitempty"`

	// Except are the people and models that the rule excepts, such as "groups contractors".
	Except []string `json:"except,omitempty"`
}

func (r *Rules) term(i int, at time.Time) Term {
	as := r.Table.Written()[i]
	return Term{
		Rule: i + 1, Line: r.line(i), State: r.state(i, at), From: as.From.Text, Until: as.Until.Text, Except: exceptions(as.Except),
	}
}

// exceptions lists what a rule excepts, as it is written.
func exceptions(e written.Except) []string {
	var all []string
	eachEntry(e.Who, func(k people.Kind, value string) { all = append(all, people.Keys[k]+" "+value) })
	for _, m := range e.Models {
		all = append(all, "models "+m.Value)
	}
	return all
}
