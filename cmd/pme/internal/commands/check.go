package commands

import (
	"context"
	"flag"
	"log/slog"
	"slices"
	"time"

	"github.com/go-pme/pme/access/review"
	"github.com/go-pme/pme/cmd/pme/internal/config"
	"github.com/go-pme/pme/cmd/pme/internal/diagnosis"
	"github.com/go-pme/pme/cmd/pme/internal/rehearsal"
	"github.com/go-pme/pme/cmd/pme/internal/serve"
)

const checkAbout = `Says what pme serve would say about the configuration, and what is odd about the allow-list. It makes every part that pme serve makes, but
listens nowhere, keeps no record in the audit trail, and makes no file.

With -online it also tries the credentials at Matterport: it mints a token of a minute for one space and deletes it, lists folders, and compares the
allow-list with the spaces of the account.`

// onlineTime bounds all that -online asks.
const onlineTime = 90 * time.Second

// checked is the answer as JSON.
type checked struct {
	OK        bool               `json:"ok"`
	File      string             `json:"file,omitempty"`
	Demo      bool               `json:"demo,omitempty"` // there is no configuration
	Problems  config.Problems    `json:"problems"`
	Notes     []string           `json:"notes,omitempty"`
	AllowList review.Findings    `json:"allow_list"`
	Online    diagnosis.Findings `json:"online,omitempty"`
}

func checkCommand(ctx context.Context, args []string, sys System) int {
	var online bool
	var model string
	c, code, ok := sys.call(manual{name: "check", about: checkAbout}, args, func(set *flag.FlagSet) {
		set.BoolVar(&online, "online", false, "try the credentials at Matterport")
		set.StringVar(&model, "model", "", "mint for the space with this `ID` (default: the first that the allow-list has by its ID, or the account's first)")
	})
	if !ok {
		return code
	}
	if !online && c.idle("it is for -online", "model") {
		return exitUsage
	}
	out := checked{Problems: config.Problems{}, AllowList: review.Findings{}}
	loaded, err := config.Load(sys.sources(c.config))
	if err != nil {
		out.Problems = problemsOf(err)
		return c.verdict(out)
	}
	out.File = loaded.File
	if out.Demo = loaded.File == "" && serve.IsDemo(loaded.Config); out.Demo {
		out.OK = true
		return c.verdict(out)
	}
	out.Problems, out.Notes = c.rehearse(ctx, loaded)
	rules, err := review.File(loaded.Config.Access.File)
	if err == nil { // otherwise it is among the problems
		out.AllowList = list(rules.Check(time.Now())) //nolint:forbidigo // a command has no clock of its own
	}
	if online && len(out.Problems) == 0 && rules != nil {
		c.online(ctx, &out, loaded.Config, rules, model)
	}
	worst, _ := out.Online.Verdict()
	wrong := slices.ContainsFunc(out.AllowList, func(f review.Finding) bool { return f.Severity == review.Error })
	out.OK = len(out.Problems) == 0 && worst != diagnosis.Fail && !wrong
	return c.verdict(out)
}

// rehearse returns what pme serve would refuse to start for.
func (c *call) rehearse(ctx context.Context, loaded *config.Loaded) (config.Problems, []string) {
	outcome, err := rehearsal.Of(ctx, loaded.Config, c.warnings())
	var notes []string
	for _, f := range outcome.Findings {
		if f.Status != diagnosis.OK {
			notes = append(notes, f.Text)
		}
	}
	if err != nil {
		return config.Problems{{Text: err.Error(), Remedy: "see that this user may make files in the directory for temporary ones (TMPDIR)"}}, notes
	}
	return list(located(loaded, outcome.Problems)), notes
}

// warnings is a log of what pme serve would warn of, without times.
func (c *call) warnings() *slog.Logger {
	return slog.New(slog.NewTextHandler(c.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn, ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey && len(groups) == 0 {
			return slog.Attr{}
		}
		return a
	}}))
}

// online asks Matterport.
func (c *call) online(ctx context.Context, out *checked, cfg config.Config, rules *review.Rules, model string) {
	ctx, cancel := context.WithTimeout(ctx, onlineTime)
	defer cancel()
	account, err := diagnosis.OpenAccount(cfg.Matterport)
	if err != nil {
		return // it was made before: it is no problem
	}
	defer account.Close()
	first := account.Credentials(ctx)
	out.Online = append(out.Online, first)
	if first.Status == diagnosis.Fail {
		return // the others would say the same
	}
	named, folders := diagnosis.FirstModel(rules)
	if model == "" {
		model = named
	}
	now := time.Now() //nolint:forbidigo // a command has no clock of its own
	out.Online = append(out.Online, account.Clock(now), account.Mint(ctx, model), account.Folders(ctx, folders), diagnosis.SDKKey(cfg))
	if found, err := account.AllowList(ctx, rules, now); err == nil {
		out.AllowList = list(found)
	} else {
		out.Notes = append(out.Notes, "the allow-list could not be compared with the spaces of the account: "+err.Error())
	}
}

func (c *call) verdict(out checked) int {
	worst, unanswered := out.Online.Verdict()
	if c.json {
		_ = answerJSON(c.System, out)
	} else {
		c.printChecked(out)
	}
	switch {
	case out.OK:
		return exitFine
	case worst == diagnosis.Fail && unanswered && len(out.Problems) == 0:
		return exitUnknown
	}
	return exitNo
}

func (c *call) printChecked(out checked) {
	for _, p := range out.Problems {
		c.line("%s", p.Error())
	}
	if len(out.AllowList) > 0 {
		c.answer("the allow-list:\n%s", out.AllowList.String())
	}
	c.answer("%s", out.Online.String())
	for _, note := range out.Notes {
		c.line("note: %s", note)
	}
	switch {
	case out.Demo:
		c.line("There is no configuration: pme serve shows a demo, to this machine alone.")
	case out.OK:
		c.line("The configuration is fine: pme serve would start.")
	case len(out.Problems) > 0:
		c.line("pme serve would not start.")
	default:
		c.line("pme serve would start, and something is wrong.")
	}
}

// problemsOf returns what is wrong with a configuration.
func problemsOf(err error) config.Problems {
	if problems, ok := err.(config.Problems); ok { //nolint:errorlint // Load says so
		return problems
	}
	return config.Problems{{Text: err.Error()}}
}
