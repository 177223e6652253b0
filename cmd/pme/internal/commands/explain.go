package commands

import (
	"context"
	"errors"
	"flag"
	"log/slog"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/cmd/pme/internal/config"
	"github.com/go-pme/pme/cmd/pme/internal/control"
)

const explainAbout = `Says why a user may or may not see a space: each rule of the allow-list with its criteria. If nothing but the USER is given, the running
process fills in the e-mail address and the groups from a live token of theirs. If no process runs, the file alone is asked: then folders, addresses and
numbers stand for no space, as nobody has looked them up at Matterport.`

// A source says where an answer is from.
type source struct {
	From string `json:"from"` // process or file
	Note string `json:"note,omitempty"`
}

// explained is the answer as JSON.
type explained struct {
	source
	control.Explained
}

// personFlags define what is known of a user.
func personFlags(set *flag.FlagSet, to *control.Asked) (unverified *bool) {
	set.StringVar(&to.Email, "email", "", "the e-mail `address` of the user, which the identity provider has verified")
	set.Func("group", "a `group` of the user; may be given several times", func(text string) error {
		if text == "" {
			return errors.New("it is empty")
		}
		to.Groups = append(to.Groups, text)
		return nil
	})
	return set.Bool("unverified", false, "the e-mail address is not verified")
}

// person fills in whether the address of a user is verified. It reports whether what is said of them goes together, and says what does not.
func (c *call) person(a *control.Asked, unverified bool) bool {
	a.EmailVerified = a.Email != "" && !unverified
	return a.Email != "" || !c.idle("it is about an -email: name one", "unverified")
}

func explainCommand(ctx context.Context, args []string, sys System) int {
	var q control.Question
	var socket *string
	var unverified *bool
	m := manual{name: "explain", args: "USER MODEL", about: explainAbout, min: 2, max: 2}
	c, code, ok := sys.call(m, args, func(set *flag.FlagSet) {
		socket = socketFlag(set)
		unverified = personFlags(set, &q.User)
	})
	if !ok {
		return code
	}
	if !c.person(&q.User, *unverified) {
		return exitUsage
	}
	c.socket = *socket
	q.User.ID, q.Model = c.args[0], c.args[1]
	out := explained{}
	out.source, code, ok = c.processOrFile(
		func(client *control.Client) (err error) { out.Explained, err = client.Explain(ctx, q); return err },
		func(loaded *config.Loaded) (err error) {
			out.Explained, err = explainByFile(ctx, loaded, q)
			return err
		})
	if !ok {
		return code
	}
	if c.json {
		_ = answerJSON(sys, out)
	} else {
		c.printExplained(out)
	}
	if !out.Explanation.Allowed {
		return exitNo
	}
	return exitFine
}

// processOrFile asks the running process or, if there is none, the allow-list of the configuration.
func (c *call) processOrFile(ask func(*control.Client) error, read func(*config.Loaded) error) (from source, code int, ok bool) {
	client, loaded, ok := c.dial()
	if !ok {
		return source{}, exitUsage, false
	}
	note := "the configuration has no control.socket"
	if client != nil {
		defer client.Close()
		err := ask(client)
		if err == nil {
			return source{From: "process"}, exitFine, true
		}
		if loaded == nil || !errors.Is(err, control.ErrNoProcess) {
			return source{}, c.fail(err), false
		}
		note = err.Error()
	}
	if loaded.Config.Access.File == "" {
		c.say("%s: %s, and the configuration has no access.file", c.name, note)
		return source{}, exitUnknown, false
	}
	if err := read(loaded); err != nil {
		c.say("%s: %v", c.name, err)
		return source{}, exitUsage, false
	}
	note += ". This is what the file says; the running process may say something else"
	return source{From: "file", Note: note}, exitFine, true
}

func explainByFile(ctx context.Context, loaded *config.Loaded, q control.Question) (control.Explained, error) {
	policy, err := access.OpenFile(loaded.Config.Access.File, access.FileOptions{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return control.Explained{}, err //nolint:wrapcheck // it names the file and the line
	}
	defer func() { _ = policy.Close() }()
	return control.Explain(ctx, policy, q) //nolint:wrapcheck // it says what to do
}

func (c *call) printExplained(out explained) {
	if out.Note != "" {
		c.say("note: %s", out.Note)
	}
	answer := "may NOT"
	if out.Explanation.Allowed {
		answer = "may"
	}
	c.line("%s %s see %s.", shown(out.User.ID), answer, spaces([]control.Model{out.Model}))
	if out.Known {
		c.line("The user is as a live token has them.")
	}
	c.answer("%s", out.Explanation.String())
}
