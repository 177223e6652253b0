// Package rehearsal makes a gateway as pme serve does, to see whether it can be made.
//
// It has to leave no trace: whoever checks a configuration may be another user than the one who serves it, and files of theirs would be in
// the way. So it makes no file that does not exist yet, and writes no record to the audit trail: where pme serve would, there are temporary
// files instead. It joins no fleet, and makes no tables. A file of
// SQLite that the running process has locked is not opened either. What was not looked at is said to be so.
package rehearsal

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/go-pme/pme/cmd/pme/internal/config"
	"github.com/go-pme/pme/cmd/pme/internal/control"
	"github.com/go-pme/pme/cmd/pme/internal/diagnosis"
	"github.com/go-pme/pme/cmd/pme/internal/serve"
	"github.com/go-pme/pme/secret"
)

// An Outcome says how a rehearsal went.
type Outcome struct {
	// Problems are what pme serve would not start with.
	Problems serve.Problems

	// Findings say which servers and files answer, which do not, and what was not looked at.
	Findings diagnosis.Findings
}

// Of makes the gateway of a configuration, and ends it. The error says why there is no answer.
func Of(ctx context.Context, cfg config.Config, log *slog.Logger) (Outcome, error) {
	dir, err := os.MkdirTemp("", "pme-check")
	if err != nil {
		return Outcome{}, fmt.Errorf("rehearsal: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	s := stage{ctx: ctx, dir: dir, cfg: cfg, log: log}
	s.fleet()
	s.trail()
	s.connections()
	s.socket()
	g, err := serve.Build(ctx, s.cfg, log)
	if found, ok := errors.AsType[serve.Problems](err); ok {
		s.out.Problems = append(s.out.Problems, found...)
		return s.out, nil
	}
	if err != nil {
		return s.out, err //nolint:wrapcheck // it says what is wrong
	}
	if err := g.Close(); err != nil {
		log.WarnContext(ctx, "gateway not closed in order", slog.Any("error", err))
	}
	return s.out, nil
}

// A stage is a configuration whose files are replaced by others.
type stage struct {
	ctx context.Context
	log *slog.Logger
	dir string
	cfg config.Config
	out Outcome
}

func (s *stage) problem(path string, err error) {
	s.out.Problems = append(s.out.Problems, serve.ProblemOf(path, err))
}

func (s *stage) found(f diagnosis.Finding) { s.out.Findings = append(s.out.Findings, f) }

// answered notes what answers.
func (s *stage) answered(part, text string) {
	s.found(diagnosis.Finding{Part: part, Status: diagnosis.OK, Text: text})
}

// away notes what does not answer, which pme serve waits for.
func (s *stage) away(part, text string) {
	s.found(diagnosis.Finding{
		Part: part, Status: diagnosis.Fail, Text: text, Remedy: "see that it runs, and that this machine reaches it", Unanswered: true,
	})
}

// unseen notes what was not looked at.
func (s *stage) unseen(part, text string) {
	s.found(diagnosis.Finding{Part: part, Status: diagnosis.Skip, Text: text})
}

func (s *stage) temporary(name string) config.Secret {
	return config.SecretOf(secret.Fixed(filepath.Join(s.dir, name)))
}

// fleet asks Redis, and has no fleet joined. To join one leaves in Redis which keys it has, for ever: a fleet that a rehearsal founds with
// other keys than those of production would keep production from starting.
func (s *stage) fleet() {
	const part = "fleet"
	there := s.cfg.Fleet.URL != "" || len(s.cfg.Fleet.Addresses) > 0
	switch problems, away := serve.ProbeFleet(s.ctx, s.cfg); {
	case away:
		s.away(part, "Redis does not answer, or stores nothing for now: pme serve would start, and fleet.on_outage says what it does until then")
	case len(problems) > 0:
		s.out.Problems = append(s.out.Problems, problems...)
	case there:
		s.answered(part, "Redis answers, and is set up for a fleet; whether fleet.keys are the fleet's was not looked at")
	}
	s.cfg.Fleet = config.Fleet{}
}

// socket sees whether the socket of operators can be made.
func (s *stage) socket() {
	if path := s.cfg.Control.Socket; path != "" {
		if err := control.Check(path); err != nil {
			s.problem("control.socket", err)
		}
	}
}
