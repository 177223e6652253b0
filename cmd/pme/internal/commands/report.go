package commands

import (
	"context"
	"flag"
	"text/tabwriter"
	"time"

	"github.com/go-pme/pme/access/review"
	"github.com/go-pme/pme/cmd/pme/internal/config"
	"github.com/go-pme/pme/cmd/pme/internal/control"
)

const reportAbout = `Says who may see what by the allow-list: everything that it grants; with -model, who may see one space; with -user, what one person may
see. It also says what is odd about the list. If no process runs, the file alone is asked, as with pme explain.`

// reported is the answer as JSON.
type reported struct {
	source
	control.Report
}

func reportCommand(ctx context.Context, args []string, sys System) int {
	var q control.Subject
	var who control.Asked
	var socket *string
	var unverified *bool
	m := manual{name: "report", about: reportAbout}
	c, code, ok := sys.call(m, args, func(set *flag.FlagSet) {
		socket = socketFlag(set)
		set.StringVar(&q.Model, "model", "", "the `ID` of a space")
		set.StringVar(&who.ID, "user", "", "the `ID` of a user")
		unverified = personFlags(set, &who)
	})
	if !ok {
		return code
	}
	c.socket = *socket
	if who.ID == "" && (who.Email != "" || len(who.Groups) > 0) {
		c.say("pme report: -group and -email are about a -user: name one")
		return exitUsage
	}
	if !c.person(&who, *unverified) {
		return exitUsage
	}
	if who.ID != "" {
		q.User = &who
	}
	out := reported{}
	out.source, code, ok = c.processOrFile(
		func(client *control.Client) (err error) { out.Report, err = client.Report(ctx, q); return err },
		func(loaded *config.Loaded) (err error) { out.Report, err = reportByFile(loaded, q); return err })
	if !ok {
		return code
	}
	if c.json {
		return answerJSON(sys, out)
	}
	c.printReport(out)
	return exitFine
}

func reportByFile(loaded *config.Loaded, q control.Subject) (control.Report, error) {
	rules, err := review.File(loaded.Config.Access.File)
	if err != nil {
		return control.Report{}, err //nolint:wrapcheck // it names the file and the line
	}
	return control.MakeReport(rules, q, time.Now()) //nolint:forbidigo,wrapcheck // a command has no clock of its own
}

func (c *call) printReport(out reported) {
	if out.Note != "" {
		c.say("note: %s", out.Note)
	}
	switch {
	case out.Viewers != nil:
		c.answer("%s", out.Viewers.String())
	case out.Holdings != nil:
		c.answer("%s", out.Holdings.String())
	case len(out.Grants) == 0:
		c.line("The allow-list grants nothing.")
	default:
		table := tabwriter.NewWriter(c.Stdout, 0, 0, 2, ' ', 0)
		row(table, "WHO", "", "SPACES", "WHEN")
		for _, g := range out.Grants {
			row(table, g.Kind, g.Value, g.Model, g.Terms)
		}
		_ = table.Flush()
		if out.Omitted > 0 {
			c.line("and %d more", out.Omitted)
		}
	}
	if len(out.Findings) > 0 {
		c.line("\nOdd about the list:")
		c.answer("%s", out.Findings.String())
	}
}
