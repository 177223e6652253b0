package commands

import (
	"context"
	"errors"
	"flag"
	"text/tabwriter"
	"time"

	"github.com/go-pme/pme/audit"
	"github.com/go-pme/pme/cmd/pme/internal/config"
	"github.com/go-pme/pme/cmd/pme/internal/records"
)

const auditAbout = `Reads the audit trail of the configuration: audit.dir or, if that is not set, audit.database. A file of SQLite that the running process has
locked is read through control.socket.
  verify   whether records were changed, removed or added
  report   who saw which space and when; with -unused, which grants nobody has used; with -troubles, what was in trouble`

// An inspection is a command on the trail.
type inspection struct {
	*call
	cfg              config.Config
	trail            *records.Trail
	anchors          []audit.Anchor
	query            audit.Query
	csv              bool
	unused, troubles bool
}

func auditCommand(ctx context.Context, args []string, sys System) int {
	i := &inspection{}
	var dir, anchors, user string
	var code int
	var ok bool
	i.call, code, ok = sys.call(manual{name: "audit", args: "verify|report", about: auditAbout, min: 1, max: 1}, args, func(set *flag.FlagSet) {
		set.StringVar(&dir, "dir", "", "read this `directory` instead, such as one from a backup")
		set.StringVar(&anchors, "anchor", "", "a `file` with anchors that were kept elsewhere: JSON lines, such as the log with log.format json (verify)")
		set.StringVar(&user, "user", "", "the `ID` of a user; in a pseudonymous trail they are found by audit.pseudonym_keys (report)")
		set.StringVar(&i.query.Model, "model", "", "the `ID` or the name of a space (report)")
		set.Func("from", "from this `time` on: 2026-11-01, or as 2026-11-01T08:00:00Z (report; default: 30 days ago)", moment(&i.query.From))
		set.Func("to", "until before this `time` (report)", moment(&i.query.To))
		set.BoolVar(&i.csv, "csv", false, "print comma-separated values (report)")
		set.BoolVar(&i.unused, "unused", false, "list grants of the allow-list that nobody has used since -from (report)")
		set.BoolVar(&i.troubles, "troubles", false, "list which parts were in trouble, and when (report)")
	})
	if !ok {
		return code
	}
	act, known := map[string]func(context.Context) int{"verify": i.verify, "report": i.report}[i.args[0]]
	if !known || i.csv && (i.json || i.unused || i.troubles) || i.unused && i.troubles {
		i.say("pme audit verify|report: see pme audit -help")
		return exitUsage
	}
	if i.args[0] == "verify" && i.idle("it is for pme audit report", "user", "model", "from", "to", "csv", "unused", "troubles") ||
		i.args[0] == "report" && i.idle("it is for pme audit verify", "anchor") ||
		i.unused && i.idle("-unused asks for all grants until now", "user", "model", "to") ||
		i.troubles && i.idle("-troubles is about parts of the gateway", "user", "model") {
		return exitUsage
	}
	loaded, ok := i.load()
	if !ok {
		return exitUsage
	}
	i.cfg = loaded.Config
	if dir != "" {
		i.cfg.Audit.Dir = dir
	}
	if err := i.prepare(anchors, user); err != nil {
		i.say("pme audit: %v", err)
		return exitUsage
	}
	trail, err := records.Open(ctx, i.cfg)
	if err != nil {
		return i.unread(err)
	}
	defer trail.Close()
	i.trail = trail
	return act(ctx)
}

// prepare reads anchors, and finds the pseudonyms of a user.
func (i *inspection) prepare(anchors, user string) (err error) {
	if anchors != "" {
		if i.anchors, err = records.Anchors(anchors); err != nil {
			return err //nolint:wrapcheck // it says what to do
		}
	}
	if i.query.From.IsZero() {
		i.query.From = time.Now().AddDate(0, 0, -30) //nolint:forbidigo // a command has no clock of its own
	}
	if user == "" {
		return nil
	}
	i.query.Users = []string{user}
	keys, err := records.Keys("audit.pseudonym_keys", i.cfg.Audit.PseudonymKeys)
	if err != nil || len(keys) == 0 {
		return err //nolint:wrapcheck // as above
	}
	pseudonyms, err := audit.NewPseudonyms(keys...)
	if err != nil {
		return err //nolint:wrapcheck // as above
	}
	i.query.Users = append(i.query.Users, pseudonyms.Of(user)...)
	return nil
}

// unread says why the trail cannot be read.
func (i *inspection) unread(err error) int {
	i.say("pme audit %s: %v", i.args[0], err)
	if errors.Is(err, records.ErrNone) {
		return exitUsage
	}
	return exitUnknown
}

// moment reads a day in UTC, or a time of RFC 3339.
func moment(to *time.Time) func(string) error {
	return func(text string) (err error) {
		if *to, err = time.Parse(time.RFC3339, text); err != nil {
			*to, err = time.Parse(time.DateOnly, text)
		}
		if err != nil {
			return errors.New("write a day such as 2026-11-01, or a time such as 2026-11-01T08:00:00Z")
		}
		return nil
	}
}

// A verification is the answer as JSON.
type verification struct {
	OK       bool          `json:"ok"`
	From     string        `json:"from"`
	Chains   []verifiedOne `json:"chains"`
	Problems []string      `json:"problems"`
	Anchors  int           `json:"anchors"` // that were given
	Keyed    bool          `json:"keyed"`
}

type verifiedOne struct {
	Chain  string    `json:"chain"`
	From   time.Time `json:"from"`
	To     time.Time `json:"to"`
	First  int64     `json:"first"`
	Last   int64     `json:"last"`
	Closed bool      `json:"closed"`
}

func (i *inspection) verify(ctx context.Context) int {
	keys, err := records.Keys("audit.chain_key", i.cfg.Audit.ChainKey)
	if err != nil {
		i.say("pme audit verify: %v", err)
		return exitUsage
	}
	result, err := audit.Verify(ctx, i.trail, keys, i.anchors...)
	if err != nil {
		return i.unread(err)
	}
	out := verification{
		OK: result.OK(), From: i.trail.From, Chains: []verifiedOne{}, Problems: list(result.Problems), Anchors: len(i.anchors), Keyed: len(keys) > 0,
	}
	if len(result.Chains) == 0 { // whoever asks expects a trail
		out.OK = false
		out.Problems = append(out.Problems, "There are no records in "+i.trail.From+": the place is mistyped, or the trail was deleted, or nothing was kept yet.")
	}
	for _, c := range result.Chains {
		out.Chains = append(out.Chains, verifiedOne(c))
	}
	if i.json {
		_ = answerJSON(i.System, out)
	} else {
		i.printVerification(out)
	}
	if !out.OK {
		return exitNo
	}
	return exitFine
}

func (i *inspection) printVerification(out verification) {
	for _, problem := range out.Problems {
		i.line("%s", problem)
	}
	if len(out.Chains) == 0 {
		return
	}
	table := tabwriter.NewWriter(i.Stdout, 0, 0, 2, ' ', 0)
	row(table, "CHAIN", "FROM", "TO", "RECORDS", "CLOSED")
	for _, c := range out.Chains {
		closed := "no: it goes on, or the process has crashed"
		if c.Closed {
			closed = "yes"
		}
		row(table, shown(c.Chain), c.From.UTC().Format(time.RFC3339), c.To.UTC().Format(time.RFC3339), number(c.First)+" to "+number(c.Last), closed)
	}
	_ = table.Flush()
	if out.OK {
		i.line("The trail in %s is whole, as far as that can be told.", out.From)
	} else {
		i.line("The trail in %s is NOT whole.", out.From)
	}
	if out.Anchors == 0 {
		i.line("Without -anchor it is not found whether its newest records, or whole runs, were removed.")
	}
	if !out.Keyed {
		i.line("Without audit.chain_key it is not found whether a chain was made anew.")
	}
}
