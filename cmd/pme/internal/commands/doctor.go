package commands

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"log/slog"
	"runtime"
	"strings"
	"time"

	"github.com/go-pme/pme/access/review"
	"github.com/go-pme/pme/cmd/pme/internal/config"
	"github.com/go-pme/pme/cmd/pme/internal/control"
	"github.com/go-pme/pme/cmd/pme/internal/diagnosis"
	"github.com/go-pme/pme/cmd/pme/internal/records"
	"github.com/go-pme/pme/cmd/pme/internal/rehearsal"
	"github.com/go-pme/pme/cmd/pme/internal/serve"
)

const doctorAbout = `Looks at everything that a gateway depends on, a line each with what to do: the configuration, the allow-list, the rights of files, Matterport and
its clock, identity providers and the host, Redis and databases, the disk of the audit trail, proxies, and the running process. It mints no token:
pme check -online does.`

// A doctor collects findings.
type doctor struct {
	*call
	loaded *config.Loaded
	found  diagnosis.Findings
}

// doctored is the answer as JSON.
type doctored struct {
	Status   diagnosis.Status   `json:"status"` // the worst
	Findings diagnosis.Findings `json:"findings"`
}

func doctorCommand(ctx context.Context, args []string, sys System) int {
	c, code, ok := sys.call(manual{name: "doctor", about: doctorAbout}, args, func(*flag.FlagSet) {})
	if !ok {
		return code
	}
	d := &doctor{call: c}
	v := thisVersion()
	d.add(diagnosis.Finding{Part: "version", Status: diagnosis.OK, Text: fmt.Sprintf("pme %s, %s, %s/%s", v.Version, v.Go, runtime.GOOS, runtime.GOARCH)})
	if d.configuration(ctx) {
		ctx, cancel := context.WithTimeout(ctx, onlineTime)
		defer cancel()
		d.allowList()
		d.found = append(d.found, rights(d.loaded)...)
		d.found = append(d.found, diagnosis.Place(d.loaded.Config)...)
		d.matterport(ctx)
		d.found = append(d.found, diagnosis.Logins(ctx, d.loaded.Config.Login)...)
		d.trail(ctx)
		d.process(ctx)
	}
	worst, unanswered := d.found.Verdict()
	if c.json {
		_ = answerJSON(sys, doctored{worst, d.found})
	} else {
		c.answer("%s", d.found.String())
	}
	switch {
	case worst != diagnosis.Fail:
		return exitFine
	case unanswered:
		return exitUnknown
	}
	return exitNo
}

func (d *doctor) add(f diagnosis.Finding) { d.found = append(d.found, f) }

// configuration reads the configuration, and makes the gateway as a trial. It reports false if there is nothing to look at further.
func (d *doctor) configuration(ctx context.Context) bool {
	const part = "configuration"
	var err error
	if d.loaded, err = config.Load(d.sources(d.config)); err != nil {
		d.problems(problemsOf(err))
		return false
	}
	if d.loaded.File == "" && serve.IsDemo(d.loaded.Config) {
		d.add(diagnosis.Finding{Part: part, Status: diagnosis.Skip, Text: "there is none: pme serve shows a demo", Remedy: "name a file with -config or PME_CONFIG"})
		return false
	}
	outcome, err := rehearsal.Of(ctx, d.loaded.Config, slog.New(slog.DiscardHandler))
	if err != nil {
		d.add(diagnosis.Finding{Part: part, Status: diagnosis.Fail, Text: err.Error(), Remedy: "see that this user may make temporary files (TMPDIR)"})
	}
	d.problems(located(d.loaded, outcome.Problems))
	if err == nil && len(outcome.Problems) == 0 {
		text := "pme serve would start"
		if d.loaded.File != "" {
			text = d.loaded.File + ": " + text
		}
		d.add(diagnosis.Finding{Part: part, Status: diagnosis.OK, Text: text})
	}
	d.found = append(d.found, outcome.Findings...)
	return true
}

func (d *doctor) problems(all config.Problems) {
	for _, p := range all {
		remedy := p.Remedy
		p.Remedy = ""
		d.add(diagnosis.Finding{Part: "configuration", Status: diagnosis.Fail, Text: strings.TrimSuffix(p.Error(), ": "), Remedy: remedy})
	}
}

func (d *doctor) allowList() {
	const part = "allow-list"
	rules, err := review.File(d.loaded.Config.Access.File)
	if err != nil {
		return // it is among the problems
	}
	findings := rules.Check(time.Now()) //nolint:forbidigo // a command has no clock of its own
	for _, f := range findings {
		status := map[review.Severity]diagnosis.Status{review.Error: diagnosis.Fail, review.Warning: diagnosis.Warn}[f.Severity]
		if status != "" {
			d.add(diagnosis.Finding{Part: part, Status: status, Text: fmt.Sprintf("rule %d (line %d): %s", f.Rule, f.Line, f.Text), Remedy: f.Remedy})
		}
	}
	if len(findings) == 0 {
		d.add(diagnosis.Finding{Part: part, Status: diagnosis.OK, Text: "nothing is odd about it"})
	}
	d.add(diagnosis.Changeable(part, d.loaded.Config.Access.File))
}

func (d *doctor) matterport(ctx context.Context) {
	account, err := diagnosis.OpenAccount(d.loaded.Config.Matterport)
	if err != nil {
		return // it is among the problems
	}
	defer account.Close()
	first := account.Credentials(ctx)
	d.add(first)
	if first.Status == diagnosis.OK {
		d.add(account.Clock(time.Now())) //nolint:forbidigo // a command has no clock of its own
	}
	d.add(diagnosis.SDKKey(d.loaded.Config))
}

// trail looks at the audit trail, and reads one record of it.
func (d *doctor) trail(ctx context.Context) {
	const part = "audit"
	cfg := d.loaded.Config
	if cfg.Audit.Dir != "" {
		d.add(diagnosis.Directory(part, cfg.Audit.Dir))
	}
	if !cfg.Audit.Database.IsSet() {
		return
	}
	cfg.Audit.Dir = ""
	trail, err := records.Open(ctx, cfg)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		d.add(diagnosis.Finding{Part: part, Status: diagnosis.OK, Text: "the file of audit.database is made at the start"})
		return
	case err != nil:
		d.add(diagnosis.Finding{Part: part, Status: diagnosis.Warn, Text: err.Error(), Remedy: "look whether the database runs, and this machine reaches it: with audit.mode required nobody gets a new token until then"})
		return
	}
	defer trail.Close()
	d.add(diagnosis.Finding{Part: part, Status: diagnosis.OK, Text: "the database can be read (" + trail.From + ")"})
}

// process asks the running process how it is.
func (d *doctor) process(ctx context.Context) {
	const part = "process"
	path := d.loaded.Config.Control.Socket
	if path == "" {
		d.add(diagnosis.Finding{Part: part, Status: diagnosis.Warn, Text: "there is no control.socket, so nobody can revoke while the identity provider is down", Remedy: "set control.socket, such as /run/pme/control.sock, and restart pme serve"})
		return
	}
	client := control.Dial(path)
	defer client.Close()
	health, err := client.Health(ctx)
	if errors.Is(err, control.ErrNoProcess) {
		d.add(diagnosis.Finding{Part: part, Status: diagnosis.Warn, Text: "no process can be asked: " + err.Error(), Remedy: "if one should run, look at its log"})
		return
	}
	if err != nil {
		d.add(diagnosis.Finding{Part: part, Status: diagnosis.Fail, Text: err.Error(), Remedy: "look at the log of the process"})
		return
	}
	d.add(diagnosis.Finding{Part: part, Status: diagnosis.OK, Text: fmt.Sprintf("process %d, pme %s, runs since %s", health.PID, health.Version, health.Started.Format(time.RFC3339))})
	if health.Version != thisVersion().Version {
		d.add(diagnosis.Finding{Part: part, Status: diagnosis.Warn, Text: "it is of another release than this command", Remedy: "restart it, so that what was installed runs"})
	}
	for _, p := range health.Parts {
		if p.State != "ok" {
			d.add(diagnosis.Finding{Part: part, Status: diagnosis.Warn, Text: p.Name + ": " + p.State, Remedy: "docs/health.md says what the part is; the log says since when"})
		}
	}
}
