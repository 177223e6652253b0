package access

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
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

// criteria are the columns of the table.
var criteria = append(kindKeys[:], "models")

func (e Explanation) table(b *strings.Builder) {
	w := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintf(w, "rule\tline\t%s\tresult\n", strings.Join(criteria, "\t"))
	for _, r := range e.Rules {
		_, _ = fmt.Fprintln(w, strings.Join(r.cells(), "\t"))
	}
	_ = w.Flush() // a strings.Builder takes everything
}

func (r RuleExplanation) cells() []string {
	cells := []string{strconv.Itoa(r.Number), "-"}
	if r.Line > 0 {
		cells[1] = strconv.Itoa(r.Line)
	}
	for _, kind := range criteria {
		cell := "-"
		if i := slices.IndexFunc(r.Criteria, func(c Criterion) bool { return c.Kind == kind }); i >= 0 {
			cell = r.Criteria[i].cell()
		}
		cells = append(cells, cell)
	}
	return append(cells, r.result())
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
