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
	"strings"

	"github.com/go-pme/pme/cmd/pme/internal/config"
	"github.com/go-pme/pme/cmd/pme/internal/control"
	"github.com/go-pme/pme/cmd/pme/internal/serve"
	"github.com/go-pme/pme/secret"
)

// Of makes the gateway of a configuration, has it looked at, and ends it. It returns why it cannot be made, and what was not looked at.
// The error says why there is no answer.
func Of(ctx context.Context, cfg config.Config, log *slog.Logger, look func(*serve.Gateway)) (problems serve.Problems, notes []string, err error) {
	dir, err := os.MkdirTemp("", "pme-check")
	if err != nil {
		return nil, nil, fmt.Errorf("rehearsal: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	s := stage{ctx: ctx, dir: dir, cfg: cfg, log: log}
	s.fleet()
	s.trail()
	s.connections()
	s.socket()
	g, err := serve.Build(ctx, s.cfg, log)
	if found, ok := errors.AsType[serve.Problems](err); ok {
		return append(s.problems, found...), s.notes, nil
	}
	if err != nil {
		return nil, s.notes, err //nolint:wrapcheck // it says what is wrong
	}
	look(g)
	if err := g.Close(); err != nil {
		log.WarnContext(ctx, "gateway not closed in order", slog.Any("error", err))
	}
	return s.problems, s.notes, nil
}

// A stage is a configuration whose files are replaced by others.
type stage struct {
	ctx      context.Context
	log      *slog.Logger
	dir      string
	cfg      config.Config
	problems serve.Problems
	notes    []string
}

func (s *stage) problem(path, text string) {
	s.problems = append(s.problems, serve.Problem{Path: path, Text: text})
}

func (s *stage) temporary(name string) config.Secret {
	return config.SecretOf(secret.Fixed(filepath.Join(s.dir, name)))
}

// fleet has no fleet joined. To join one leaves in Redis which keys it has, for ever: a fleet that a rehearsal founds with other keys than
// those of production would keep production from starting.
func (s *stage) fleet() {
	if s.problems = append(s.problems, serve.CheckFleet(s.cfg)...); s.cfg.Fleet.URL != "" || len(s.cfg.Fleet.Addresses) > 0 {
		s.notes = append(s.notes, "the Redis of the fleet was not asked, as whoever joins a fleet leaves something there: pme doctor says how it is if a process runs, by control.socket")
	}
	s.cfg.Fleet = config.Fleet{}
}

// socket sees whether the socket of operators can be made.
func (s *stage) socket() {
	if path := s.cfg.Control.Socket; path != "" {
		if err := control.Check(path); err != nil {
			s.problem("control.socket", strings.TrimPrefix(err.Error(), "control: "))
		}
	}
}
