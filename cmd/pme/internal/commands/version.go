package commands

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"runtime"
	"runtime/debug"
)

// A version says what this program was built from.
type version struct {
	Version  string `json:"version"`
	Go       string `json:"go"`
	System   string `json:"system"`
	Revision string `json:"revision,omitempty"`
	Time     string `json:"time,omitempty"` // of the revision
	Modified bool   `json:"modified,omitempty"`
}

func thisVersion() version {
	v := version{Version: "unknown", Go: runtime.Version(), System: runtime.GOOS + "/" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	v.Version = cmp.Or(info.Main.Version, v.Version)
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			v.Revision = s.Value
		case "vcs.time":
			v.Time = s.Value
		case "vcs.modified":
			v.Modified = s.Value == "true"
		}
	}
	return v
}

func versionCommand(_ context.Context, args []string, sys System) int {
	flags := newFlags("version", sys)
	asJSON := flags.Bool("json", false, "print JSON")
	if code, ok := parse(flags, args, sys); !ok {
		return code
	}
	v := thisVersion()
	if *asJSON {
		return answerJSON(sys, v)
	}
	sys.answer("pme %s, %s, %s\n", v.Version, v.Go, v.System)
	if v.Revision != "" {
		changed := ""
		if v.Modified {
			changed = ", with changes"
		}
		sys.answer("revision %s of %s%s\n", v.Revision, v.Time, changed)
	}
	return exitFine
}

// newFlags returns the flags of a command.
func newFlags(name string, sys System) *flag.FlagSet {
	flags := flag.NewFlagSet("pme "+name, flag.ContinueOnError)
	flags.SetOutput(sys.Stderr)
	return flags
}

// parse parses args, which must be flags alone. If it reports false, the command ends with the code.
func parse(flags *flag.FlagSet, args []string, sys System) (code int, goOn bool) {
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return exitFine, false
	case err != nil:
		return exitUsage, false
	}
	if flags.NArg() > 0 {
		sys.say("%s: there is an argument too many: %.40q", flags.Name(), flags.Arg(0))
		return exitUsage, false
	}
	return exitFine, true
}

// answerJSON writes a value to standard output.
func answerJSON(sys System, v any) int {
	var text bytes.Buffer
	out := json.NewEncoder(&text)
	out.SetIndent("", "  ")
	out.SetEscapeHTML(false)
	if err := out.Encode(v); err != nil {
		sys.say("pme: %v", err)
		return exitNo
	}
	_, _ = text.WriteTo(sys.Stdout) // an output that fails is told of by Run
	return exitFine
}
