package review

import (
	"cmp"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"
)

// table writes rows with their columns below each other.
func table(b *strings.Builder, rows [][]string) {
	w := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		for i, cell := range row {
			row[i] = cmp.Or(cell, "-")
		}
		_, _ = fmt.Fprintln(w, strings.Join(row, "\t"))
	}
	_ = w.Flush() // a strings.Builder takes everything
}

// String returns the answer as a table for operators: a row for each entry. The form can change; programs read the fields.
func (v Viewers) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "who may see %s at %s\n", v.Model, v.At.UTC().Format(time.RFC3339))
	if len(v.Entries) == 0 {
		b.WriteString("no rule is for it\n")
		return b.String() + v.unresolved()
	}
	rows := [][]string{{"rule", "line", "who", "by", "state", "from", "until", "except"}}
	for _, e := range v.Entries {
		rows = append(rows, append(e.place(), e.Kind+" "+e.Value, e.By, string(e.State), e.From, e.Until, strings.Join(e.Except, ", ")))
	}
	table(&b, rows)
	return b.String() + v.unresolved()
}

func (v Viewers) unresolved() string {
	if len(v.Unresolved) == 0 {
		return ""
	}
	return "not known whether it is selected by " + quoted(v.Unresolved) + "\n"
}

func (t Term) place() []string {
	line := ""
	if t.Line > 0 {
		line = fmt.Sprint(t.Line)
	}
	return []string{fmt.Sprint(t.Rule), line}
}

// String returns the answer as two tables for operators: of models, and of the rules that name the person. The form can
// change; programs read the fields.
func (h Holdings) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "what %s may see at %s\n", cmp.Or(h.User, "a user who is not signed in"), h.At.UTC().Format(time.RFC3339))
	rows := [][]string{{"model", "name", "until"}}
	for _, m := range h.Models {
		until := ""
		if !m.Until.IsZero() {
			until = m.Until.UTC().Format(time.RFC3339)
		}
		rows = append(rows, []string{m.Model, m.Name, until})
	}
	if h.All {
		rows = append(rows, []string{"*", "", ""})
	}
	if len(rows) == 1 {
		b.WriteString("no models\n")
	} else {
		table(&b, rows)
	}
	if len(h.Rules) > 0 {
		b.WriteString("\n")
		h.rules(&b)
	}
	return b.String()
}

func (h Holdings) rules(b *strings.Builder) {
	rows := [][]string{{"rule", "line", "by", "models", "state", "from", "until", "except"}}
	for _, g := range h.Rules {
		state := string(g.State)
		if g.Excepted != "" {
			state = "excepts " + g.Excepted
		}
		rows = append(rows, append(g.place(), g.By, quoted(g.Models), state, g.From, g.Until, strings.Join(g.Except, ", ")))
	}
	table(b, rows)
}

// String returns the change for a review: a line for each grant, with + if it is new and - if it goes. The form can change; programs
// read the fields.
func (c Change) String() string {
	var b strings.Builder
	switch {
	case c.Cosmetic:
		return "no grant changes: only the order of rules, names or comments do\n"
	case c.Empty():
		return "no grant changes\n"
	}
	for _, g := range c.Lost {
		b.WriteString("- " + g.String() + "\n")
	}
	for _, g := range c.Gained {
		b.WriteString("+ " + g.String() + "\n")
	}
	for _, p := range c.People {
		fmt.Fprintf(&b, "  %s, %s: %s → %s\n", p.User, p.Model, p.Was, p.Is)
	}
	if c.Omitted > 0 {
		fmt.Fprintf(&b, "and %d more\n", c.Omitted)
	}
	return b.String()
}

// String returns the grant in a line.
func (g Grant) String() string {
	text := fmt.Sprintf("%s %s: %s", g.Kind, g.Value, g.Model)
	if g.Terms != "" {
		text += " (" + g.Terms + ")"
	}
	return text
}

// String returns a line for each finding. The form can change; programs read the fields.
func (f Findings) String() string {
	if len(f) == 0 {
		return "nothing odd\n"
	}
	var b strings.Builder
	for _, one := range f {
		place := fmt.Sprintf("rule %d", one.Rule)
		if one.Line > 0 {
			place = fmt.Sprintf("line %d", one.Line)
		}
		fmt.Fprintf(&b, "%s: %s: %s: %s\n", place, one.Severity, one.Text, one.Remedy)
	}
	return b.String()
}
