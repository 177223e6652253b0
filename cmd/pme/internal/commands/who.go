package commands

import (
	"context"
	"flag"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/go-pme/pme/cmd/pme/internal/control"
)

func whoCommand(ctx context.Context, args []string, sys System) int {
	var q control.Search
	var socket *string
	m := manual{name: "who", about: "Lists who has live tokens for which spaces, by the running process: of all replicas of a fleet."}
	c, code, ok := sys.call(m, args, func(set *flag.FlagSet) {
		socket = socketFlag(set)
		set.StringVar(&q.Person, "person", "", "a `part` of a user's ID, name or e-mail address")
		set.StringVar(&q.Space, "space", "", "a `part` of a space's ID or name")
	})
	if !ok {
		return code
	}
	c.socket = *socket
	client, _, ok := c.dial()
	switch {
	case !ok:
		return exitUsage
	case client == nil:
		return c.noSocket()
	}
	defer client.Close()
	who, err := client.Who(ctx, q)
	if err != nil {
		return c.fail(err)
	}
	if c.json {
		return answerJSON(sys, who)
	}
	c.printWho(who)
	return exitFine
}

func (c *call) printWho(who control.Who) {
	if who.Total == 0 {
		c.line("There are no live tokens.")
		return
	}
	out := tabwriter.NewWriter(c.Stdout, 0, 0, 2, ' ', 0)
	row(out, "USER", "NAME", "SESSION", "SPACES", "UNTIL", "TOKEN")
	for _, t := range who.Tokens {
		row(out, shown(t.User.ID), shown(t.User.Name), shown(t.Session), spaces(t.Models), t.ValidUntil.Format(time.RFC3339), t.Fingerprint)
	}
	_ = out.Flush()
	if who.Omitted > 0 {
		c.line("and %d more: narrow the search with -person or -space", who.Omitted)
	}
	c.line("\nLive tokens: %d. By space:", who.Total)
	for _, space := range who.Spaces {
		c.line("  %s: %d", spaces([]control.Model{space.Model}), space.Tokens)
	}
}

func spaces(models []control.Model) string {
	var all []string
	for _, m := range models {
		text := m.ID
		if m.Name != "" {
			text += " (" + shown(m.Name) + ")"
		}
		all = append(all, text)
	}
	return strings.Join(all, ", ")
}

// row writes a row of a table.
func row(out *tabwriter.Writer, cells ...string) { _, _ = fmt.Fprintln(out, strings.Join(cells, "\t")) }
