package written

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
)

// maxProblems bounds how many problems an error lists, so that a wrong file of one megabyte does not become a log
// record of several.
const maxProblems = 100

// Problems collects the problems of a list, each with its place.
type Problems struct {
	Prefix string // stands before the number of the place
	Unit   string // what the places count: "rule" or "line"
	found  []problem
}

type problem struct {
	at   int
	text string
}

// Addf adds a problem with its place.
func (p *Problems) Addf(at int, format string, args ...any) {
	p.found = append(p.found, problem{at: at, text: fmt.Sprintf(format, args...)})
}

// Err returns all problems in the order of their places, or nil if there are none.
func (p *Problems) Err() error {
	slices.SortStableFunc(p.found, func(a, b problem) int { return cmp.Compare(a.at, b.at) })
	var errs []error
	for i, f := range p.found {
		if i == maxProblems {
			errs = append(errs, fmt.Errorf("%s%d: and %d more problems from here on", p.Prefix, f.at, len(p.found)-i))
			break
		}
		errs = append(errs, fmt.Errorf("%s%d: %s", p.Prefix, f.at, f.text))
	}
	return errors.Join(errs...)
}
