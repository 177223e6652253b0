package commands

import (
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/go-pme/pme/cmd/pme/internal/config"
	"github.com/go-pme/pme/cmd/pme/internal/control"
)

// A call is a command of an operator, as it was typed.
type call struct {
	System
	name   string
	args   []string
	json   bool
	given  []string // the names of the flags that were typed
	socket string   // empty if the configuration says it
	config *config.Flags
}

// A manual says how a command is called.
type manual struct {
	name, args, about string
	min, max          int // arguments
}

// call parses the arguments of a command. Flags may stand before and behind arguments; what begins with a hyphen and is no flag stands
// behind --. If it reports false, the command ends with the code.
func (s System) call(m manual, args []string, define func(*flag.FlagSet)) (c *call, code int, goOn bool) {
	c = &call{System: s, name: "pme " + m.name}
	set := newFlags(m.name, s)
	set.BoolVar(&c.json, "json", false, "print JSON")
	define(set)
	var own []string
	set.VisitAll(func(f *flag.Flag) { own = append(own, f.Name) })
	c.config = config.RegisterFlags(set)
	set.Usage = func() { s.help(m, set, own) }
	for len(args) > 0 {
		if err := set.Parse(args); errors.Is(err, flag.ErrHelp) {
			return nil, exitFine, false
		} else if err != nil {
			return nil, exitUsage, false
		}
		rest := set.Args()
		if n := len(args) - len(rest); n > 0 && args[n-1] == "--" {
			c.args = append(c.args, rest...)
			break
		}
		if len(rest) > 0 {
			c.args, rest = append(c.args, rest[0]), rest[1:]
		}
		args = rest
	}
	set.Visit(func(f *flag.Flag) { c.given = append(c.given, f.Name) })
	if n := len(c.args); n < m.min || n > m.max {
		s.say("pme %s %s: see pme %s -help", m.name, m.args, m.name)
		return nil, exitUsage, false
	}
	return c, exitFine, true
}

func (s System) help(m manual, set *flag.FlagSet, own []string) {
	s.say("Usage: %s\n\n%s\n\nFlags:", strings.TrimSpace("pme "+m.name+" [FLAGS] "+m.args), m.about)
	for _, name := range own {
		f := set.Lookup(name)
		value, usage := flag.UnquoteUsage(f)
		s.say("  %s\n    \t%s", strings.TrimSpace("-"+name+" "+value), usage)
	}
	s.say("\nEvery setting is a flag too, such as -config FILE: pme serve -help lists them.")
}

// idle says that a flag has no effect here, if one of these was typed. What would be ignored may be what the person has asked about.
func (c *call) idle(remedy string, flags ...string) bool {
	for _, name := range flags {
		if slices.Contains(c.given, name) {
			c.say("%s: -%s has no effect here: %s", c.name, name, remedy)
			return true
		}
	}
	return false
}

// load reads the configuration, and says what is wrong with it.
func (c *call) load() (*config.Loaded, bool) {
	loaded, err := config.Load(c.sources(c.config))
	if err != nil {
		c.say("%v", err)
		return nil, false
	}
	return loaded, true
}

// socketFlag defines the flag of commands that ask the running process.
func socketFlag(set *flag.FlagSet) *string {
	return set.String("socket", "", "the `path` of the socket of the running process, whatever the configuration says (default: control.socket)")
}

// dial returns a client of the running process. It returns nil if there is no socket; then loaded is what was looked at. The flag
// -socket works with a configuration that is broken, so that revoking does.
func (c *call) dial() (client *control.Client, loaded *config.Loaded, ok bool) {
	if c.socket != "" {
		return control.Dial(c.socket), nil, true
	}
	loaded, ok = c.load()
	if !ok || loaded.Config.Control.Socket == "" {
		return nil, loaded, ok
	}
	return control.Dial(loaded.Config.Control.Socket), loaded, true
}

// noSocket says that there is none.
func (c *call) noSocket() int {
	c.say("%s: the configuration has no control.socket, and the running process has to be asked: set it and restart pme serve, or give -socket PATH", c.name)
	return exitUnknown
}

// fail says what went wrong in the running process, or on the way to it.
func (c *call) fail(err error) int {
	c.say("%s: %v", c.name, err)
	refused, ok := errors.AsType[*control.Error](err)
	switch {
	case !ok:
		return exitUnknown
	case refused.Code == "not_found":
		return exitNo
	case refused.Code == "malformed":
		return exitUsage
	}
	return exitUnknown
}

// list returns a list that JSON shows as one, also if it is empty.
func list[L ~[]T, T any](l L) L {
	if l == nil {
		return L{}
	}
	return l
}

// line writes a line of an answer.
func (c *call) line(format string, args ...any) { c.answer(format+"\n", args...) }

// shown makes a text of others fit for a terminal: what could disguise it, or steer the terminal, is escaped.
func shown(text string) string {
	if text == "" {
		return "-"
	}
	if strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) || strings.Contains(text, "\uFFFD") {
		return fmt.Sprintf("%+q", text)
	}
	return text
}
