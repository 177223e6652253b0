package commands

import (
	"context"
	"fmt"
	"text/tabwriter"

	"github.com/go-pme/pme/cmd/pme/internal/config"
	"github.com/go-pme/pme/cmd/pme/internal/serve"
)

// sources are what the configuration of a command is read from.
func (s System) sources(flags *config.Flags) config.Sources {
	return config.Sources{Env: s.Env, Environ: s.Environ, Flags: flags}
}

func configCommand(_ context.Context, args []string, sys System) int {
	set := newFlags("config", sys)
	asJSON := set.Bool("json", false, "print JSON")
	flags := config.RegisterFlags(set)
	if code, ok := parse(set, args, sys); !ok {
		return code
	}
	loaded, err := config.Load(sys.sources(flags))
	if err != nil {
		sys.say("%v", err)
		return exitUsage
	}
	values := loaded.Effective()
	if *asJSON {
		return answerJSON(sys, values)
	}
	out := tabwriter.NewWriter(sys.Stdout, 0, 0, 2, ' ', 0)
	for _, v := range values {
		if v.Value == "" {
			v.Value = "-"
		}
		_, _ = fmt.Fprintf(out, "%s\t%s\t%s\n", v.Path, v.Value, v.Origin)
	}
	_ = out.Flush()
	return exitFine
}

// located returns what is wrong with a configuration that was loaded, with the place of each.
func located(loaded *config.Loaded, problems serve.Problems) config.Problems {
	out := make(config.Problems, len(problems))
	for i, p := range problems {
		out[i] = loaded.Problem(p.Path, p.Text, p.Remedy)
	}
	return out
}
