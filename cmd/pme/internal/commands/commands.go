// Package commands has the commands of the program pme, one a file.
//
// A command returns an exit code: 0 if all is well; 1 if the answer is no, or something is wrong; 2 if it was called in a wrong way, or the
// configuration is wrong; 3 if it cannot tell, because something does not answer. Answers go to standard output, problems to standard error.
package commands

import (
	"context"
	"fmt"
	"io"
	"strings"
)

// The exit codes.
const (
	exitFine = iota
	exitNo
	exitUsage
	exitUnknown
)

// A System is what a command knows of the process that runs it.
type System struct {
	// Env looks up a variable of the environment, as os.LookupEnv does. Environ lists all, as os.Environ does.
	Env     func(name string) (string, bool)
	Environ []string

	Stdin          io.Reader
	Stdout, Stderr io.Writer
}

// say writes a line for a person to standard error.
func (s System) say(format string, args ...any) { _, _ = fmt.Fprintf(s.Stderr, format+"\n", args...) }

// answer writes to standard output.
func (s System) answer(format string, args ...any) { _, _ = fmt.Fprintf(s.Stdout, format, args...) }

// A command is one of the program's.
type command struct {
	name string
	help string // in one line
	run  func(ctx context.Context, args []string, sys System) int
}

// table returns the commands, in the order in which they are listed.
func table() []command {
	return []command{
		{"serve", "serve spaces; without a configuration, a demo", serveCommand},
		{"config", "print what the configuration comes to, and where each value is from", configCommand},
		{"check", "say whether the configuration and the allow-list are right", checkCommand},
		{"who", "list who has live tokens for which spaces", whoCommand},
		{"revoke", "end the sessions, tokens and tours of a user, a space or everybody", revokeCommand},
		{"explain", "say why a user may or may not see a space", explainCommand},
		{"report", "say who may see what", reportCommand},
		{"webhook", "list, register, ping or remove webhooks at Matterport", webhookCommand},
		{"audit", "verify the audit trail, and report who saw what", auditCommand},
		{"doctor", "look at everything that a gateway depends on, with what to do", doctorCommand},
		{"key", "make a key", keyCommand},
		{"version", "print the version", versionCommand},
	}
}

// Run runs the command that args name, without the name of the program, and returns the exit code.
func Run(ctx context.Context, args []string, sys System) int {
	if len(args) == 0 {
		sys.say("%s", usage())
		return exitUsage
	}
	switch args[0] {
	case "help", "-h", "-help", "--help":
		return command{run: helpCommand}.answered(ctx, nil, sys)
	case "-version", "--version":
		args[0] = "version"
	}
	for _, c := range table() {
		if c.name == args[0] {
			return c.answered(ctx, args[1:], sys)
		}
	}
	sys.say("pme: there is no command %.40q\n\n%s", args[0], usage())
	return exitUsage
}

// answered runs a command. An answer that could not be written whole is no success. That of serve is a greeting, without which it goes on.
func (c command) answered(ctx context.Context, args []string, sys System) int {
	if c.name == "serve" {
		return c.run(ctx, args, sys)
	}
	out := &answers{to: sys.Stdout}
	sys.Stdout = out
	code := c.run(ctx, args, sys)
	if out.err != nil {
		sys.say("pme: the answer could not be written: %v", out.err)
		if code == exitFine {
			return exitNo
		}
	}
	return code
}

// answers is an output that keeps the first error, after which it writes nothing.
type answers struct {
	to  io.Writer
	err error
}

// Write writes unless an earlier part is missing.
func (a *answers) Write(p []byte) (int, error) {
	if a.err != nil {
		return 0, a.err
	}
	var n int
	n, a.err = a.to.Write(p)
	return n, a.err //nolint:wrapcheck // it is that of the output
}

func helpCommand(_ context.Context, _ []string, sys System) int {
	sys.answer("%s\n", usage())
	return exitFine
}

func usage() string {
	var out strings.Builder
	out.WriteString("pme shows private Matterport spaces to the signed-in people of an intranet.\n\nUsage: pme COMMAND [FLAGS]\n\nCommands:\n")
	for _, c := range table() {
		fmt.Fprintf(&out, "  %-9s %s\n", c.name, c.help)
	}
	out.WriteString("\npme COMMAND -help lists the flags of a command.")
	return out.String()
}
