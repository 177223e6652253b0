package access

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/go-pme/pme/access/internal/people"
)

// String returns the explanation as a table for operators: a row for each rule, a column for each criterion.
// The form can change; programs read the fields.
func (e Explanation) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s): %s\n", answer(e.Allowed), e.Reason, e.Text)
	if e.File != "" {
		fmt.Fprintf(&b, "file: %s, SHA-256 %s…\n", e.File, e.Hash)
	}
	if len(e.Rules) > 0 {
		e.table(&b)
	}
	if e.Omitted > 0 {
		fmt.Fprintf(&b, "rules not listed: %d\n", e.Omitted)
	}
	return b.String()
}

func answer(allowed bool) string {
	if allowed {
		return "allowed"
	}
	return "refused"
}

// criteria are the columns of the table. A column that no rule has is left out, unless it is one of the first.
var criteria = slices.Concat(people.Keys[:], []string{"models", "from", "until", "except"})

const alwaysShown = int(people.Kinds) + 1

func (e Explanation) table(b *strings.Builder) {
	var shown []string
	for i, kind := range criteria {
		if i < alwaysShown || slices.ContainsFunc(e.Rules, func(r RuleExplanation) bool { return r.cell(kind) != none }) {
			shown = append(shown, kind)
		}
	}
	w := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintf(w, "rule\tline\t%s\tresult\n", strings.Join(shown, "\t"))
	for _, r := range e.Rules {
		_, _ = fmt.Fprintln(w, strings.Join(r.cells(shown), "\t"))
	}
	_ = w.Flush() // a strings.Builder takes everything
	e.selectors(b)
}

// none is the cell of a rule without the criterion.
const none = "-"

func (r RuleExplanation) cells(kinds []string) []string {
	cells := []string{strconv.Itoa(r.Number), none}
	if r.Line > 0 {
		cells[1] = strconv.Itoa(r.Line)
	}
	for _, kind := range kinds {
		cells = append(cells, r.cell(kind))
	}
	return append(cells, r.result())
}

// cell is the rule's cell in a column. All exceptions have one column.
func (r RuleExplanation) cell(kind string) string {
	cell := none
	for _, c := range r.Criteria {
		switch {
		case c.Kind == kind:
			return c.cell()
		case !strings.HasPrefix(c.Kind, kind+"."):
			continue
		case c.Hit:
			return c.cell()
		}
		cell = c.cell()
	}
	return cell
}

// selectors lists what the selectors stand for, each once.
func (e Explanation) selectors(b *strings.Builder) {
	seen := make(map[SelectorExplanation]bool)
	for _, r := range e.Rules {
		for _, c := range r.Criteria {
			for _, s := range c.Selectors {
				if !seen[s] {
					fmt.Fprintf(b, "%s\n", s)
				}
				seen[s] = true
			}
		}
	}
}

// String returns the selector and what it stands for in a line.
func (s SelectorExplanation) String() string {
	text := fmt.Sprintf("%s: %d models", s.Selector, s.Models)
	if !s.At.IsZero() {
		text += ", as of " + s.At.UTC().Format(time.RFC3339)
	}
	if s.Problem != "" {
		text += "; " + s.Problem
	}
	return text
}

func (c Criterion) cell() string {
	switch {
	case c.Hit:
		return "hit"
	case c.If != "":
		return "near"
	}
	return "miss"
}

func (r RuleExplanation) result() string {
	switch {
	case r.Matched:
		return "matches"
	case r.If != "":
		return "would match if " + r.If
	}
	return "no match"
}
