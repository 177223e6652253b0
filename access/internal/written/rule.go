// Package written has rules as people write them: in code, and in a YAML file. It reads and checks them.
package written

import (
	"time"

	"github.com/go-pme/pme/access/internal/people"
	"github.com/go-pme/pme/access/selector"
)

// AnyModel stands for every model of the account.
const AnyModel = "*"

// A Rule is a rule as written. Lists in code and files are both turned into Rules, so that the same code checks
// them. A place is a rule's number in a list, and a line in a file.
type Rule struct {
	At     int
	Who    Who
	Models []Entry
	Except Except
	From   Moment
	Until  Moment

	// Broken means that parts of the rule could not be read and were reported. The rule as a whole is then
	// not checked.
	Broken bool
}

// Who names people, by kind.
type Who [people.Kinds][]Entry

// Except is what a rule excludes.
type Except struct {
	Who    Who
	Models []Entry
}

// An Entry is one item of a rule's lists. Only entries of models have names and selectors.
type Entry struct {
	At       int
	Value    string
	Name     string
	Named    bool
	Selector selector.Selector // zero for an ID and for "*"
}

// Selects reports whether the entry is a selector.
func (e Entry) Selects() bool { return e.Selector != selector.Selector{} }

// A Moment is an instant at which a rule begins or ends. The zero Moment is none. Text is the moment as written.
type Moment struct {
	At   int
	Text string
	Time time.Time
}

// Given reports whether there is a moment.
func (m Moment) Given() bool { return m.Text != "" }

// Values returns the texts of entries.
func Values(entries []Entry) []string {
	var vs []string
	for _, e := range entries {
		vs = append(vs, e.Value)
	}
	return vs
}

// none reports whether the list names no people.
func (w Who) none() bool {
	for _, entries := range w {
		if len(entries) > 0 {
			return false
		}
	}
	return true
}
