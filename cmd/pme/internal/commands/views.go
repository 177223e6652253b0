package commands

import (
	"context"
	"regexp"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/access/review"
	"github.com/go-pme/pme/audit"
)

// A viewed is a view as JSON.
type viewed struct {
	User    string    `json:"user"`
	Model   string    `json:"model"`
	Name    string    `json:"name,omitempty"`
	From    time.Time `json:"from"`
	Seen    time.Time `json:"seen"`
	Until   time.Time `json:"until"`
	Ended   string    `json:"ended,omitempty"`
	EndedBy string    `json:"ended_by,omitempty"`
	Ground  string    `json:"ground,omitempty"`
	Policy  string    `json:"policy,omitempty"`
}

func (i *inspection) report(ctx context.Context) int {
	switch {
	case i.unused:
		return i.reportUnused(ctx)
	case i.troubles:
		return i.reportTroubles(ctx)
	}
	views, err := audit.Views(ctx, i.trail, i.query)
	if err != nil {
		return i.unread(err)
	}
	if i.csv {
		if err := audit.WriteCSV(i.Stdout, views); err != nil {
			return i.unread(err)
		}
		return exitFine
	}
	out := []viewed{}
	for _, v := range views {
		out = append(out, viewed(v))
	}
	if i.json {
		return answerJSON(i.System, out)
	}
	table := tabwriter.NewWriter(i.Stdout, 0, 0, 2, ' ', 0)
	row(table, "USER", "SPACE", "NAME", "FROM", "UNTIL", "ENDED", "GROUND")
	for _, v := range out {
		row(table, shown(v.User), v.Model, shown(v.Name), at(v.From), at(v.Until), shown(v.Ended), shown(v.Ground))
	}
	_ = table.Flush()
	i.line("Views since %s: %d.", at(i.query.From), len(out))
	return exitFine
}

// An unusedOne is a grant that was not used, as JSON.
type unusedOne struct {
	User  string `json:"user,omitempty"`
	Model string `json:"model,omitempty"`
}

func (i *inspection) reportUnused(ctx context.Context) int {
	granted, err := permissions(i.cfg.Access.File)
	if err != nil {
		i.say("pme audit report: %v", err)
		return exitUsage
	}
	if i.cfg.Audit.PseudonymKeys.IsSet() {
		i.say("pme audit report: the trail has pseudonyms, and -unused cannot join those of one user: ask for each with -user")
		return exitUsage
	}
	idle, err := audit.Unused(ctx, i.trail, i.query.From, granted)
	if err != nil {
		return i.unread(err)
	}
	out := []unusedOne{}
	for _, p := range idle {
		out = append(out, unusedOne(p))
	}
	if i.json {
		return answerJSON(i.System, out)
	}
	table := tabwriter.NewWriter(i.Stdout, 0, 0, 2, ' ', 0)
	row(table, "USER", "SPACE")
	for _, p := range out {
		user, space := shown(p.User), p.Model
		if p.User == "" {
			user = "(by a group, a domain or an address: anybody)"
		}
		if space == "" {
			space = "*"
		}
		row(table, user, space)
	}
	_ = table.Flush()
	i.line("%d of %d grants were not used since %s.", len(out), len(granted), at(i.query.From))
	return exitFine
}

var modelIDs = regexp.MustCompile(`^([0-9A-Za-z]{11}|[0-9A-Za-z]{25})$`)

// permissions returns what an allow-list grants, each once: to a user whom it names, and otherwise to anybody. Spaces that are named by
// selectors are left out, as only the running process knows them.
func permissions(file string) (all []audit.Permission, err error) {
	rules, err := review.File(file)
	if err != nil {
		return nil, err //nolint:wrapcheck // it names the file and the line
	}
	nothing, err := review.List(access.List{})
	if err != nil {
		return nil, err //nolint:wrapcheck // it does not happen
	}
	seen := make(map[audit.Permission]bool)
	for _, g := range review.Diff(nothing, rules).Gained {
		p := audit.Permission{Model: g.Model}
		switch {
		case g.Model == "*":
			p.Model = ""
		case !modelIDs.MatchString(g.Model):
			continue
		}
		if g.Kind == "users" {
			p.User = g.Value
		}
		if p != (audit.Permission{}) && !seen[p] {
			seen[p] = true
			all = append(all, p)
		}
	}
	return all, nil
}

// A trouble is one as JSON.
type trouble struct {
	Part   string    `json:"part"`
	Detail string    `json:"detail"`
	From   time.Time `json:"from"`
	Until  time.Time `json:"until,omitzero"`
}

func (i *inspection) reportTroubles(ctx context.Context) int {
	found, err := audit.Troubles(ctx, i.trail, i.query)
	if err != nil {
		return i.unread(err)
	}
	out := []trouble{}
	for _, t := range found {
		out = append(out, trouble(t))
	}
	if i.json {
		return answerJSON(i.System, out)
	}
	table := tabwriter.NewWriter(i.Stdout, 0, 0, 2, ' ', 0)
	row(table, "PART", "WHAT", "FROM", "UNTIL")
	for _, t := range out {
		row(table, shown(t.Part), shown(t.Detail), at(t.From), at(t.Until))
	}
	_ = table.Flush()
	return exitFine
}

func at(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.UTC().Format(time.RFC3339)
}

func number(n int64) string { return strconv.FormatInt(n, 10) }
