//go:build unix

package redistest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/go-pme/pme/fleet/internal/ports"
)

// A role is what a server does. A sentinel's is a mode of redis-server, too.
type role int

const (
	data role = iota
	sentinel
	clusterNode
)

// errPortTaken means that another process took the port between the choice and the bind.
var errPortTaken = errors.New("the port is taken")

// Start starts a server, and ends it at the end of the test.
func Start(tb testing.TB, opts ...Option) *Server {
	tb.Helper()
	program(tb)
	return start(tb, newSetup(tb, opts), data)
}

// start starts a server of a role, with more lines of its configuration.
func start(tb testing.TB, with *setup, as role, lines ...string) *Server {
	tb.Helper()
	s := &Server{setup: with, role: as, lines: lines, program: program(tb), dir: tb.TempDir()}
	tb.Cleanup(s.remove)
	for {
		s.choosePorts(tb)
		err := s.configure()
		if err == nil {
			err = s.run(tb.Context())
		}
		if err == nil {
			return s
		}
		if !errors.Is(err, errPortTaken) {
			tb.Fatalf("redistest: %v", err)
		}
	}
}

func (s *Server) choosePorts(tb testing.TB) {
	tb.Helper()
	s.port = ports.Reserve(tb)
	if s.role == clusterNode {
		s.busPort = ports.Reserve(tb)
	}
}

func (s *Server) configure() error {
	if err := os.MkdirAll(s.data(), 0o700); err != nil {
		return err
	}
	return os.WriteFile(s.configFile(), []byte(s.redisConf()), 0o600)
}

func (s *Server) data() string       { return filepath.Join(s.dir, "data") }
func (s *Server) configFile() string { return filepath.Join(s.dir, "redis.conf") }
func (s *Server) logFile() string    { return filepath.Join(s.dir, "log") }

// run starts the process, and returns when it answers.
func (s *Server) run(ctx context.Context) error {
	// A log of each run: a line that tells of a taken port is one of this run.
	log, err := os.Create(s.logFile())
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }()
	command := exec.Command(s.program, s.arguments()...) //nolint:gosec,noctx // redis-server, which remove ends
	command.Dir, command.Stdout, command.Stderr = s.dir, log, log
	p, err := launch(command)
	if err != nil {
		return err
	}
	s.mu.Lock()
	s.process = p
	s.mu.Unlock()
	return s.ready(ctx, p)
}

func (s *Server) arguments() []string {
	if s.role == sentinel {
		return []string{s.configFile(), "--sentinel"}
	}
	return []string{s.configFile()}
}

// ready waits until the process answers.
func (s *Server) ready(ctx context.Context, p *process) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	return poll(ctx, func(ctx context.Context) error {
		err := s.answers(ctx, p.Pid)
		if err != nil && !p.running() {
			err = s.whyEnded()
			cancel(err)
		}
		return err
	})
}

// answers checks that the server of this process answers: after a lost race for the port, another server would.
func (s *Server) answers(ctx context.Context, pid int) error {
	client, err := s.newClient()
	if err != nil {
		return err
	}
	defer client.Close()
	fields, err := info(ctx, client)
	switch {
	case err != nil:
		return err
	case fields["process_id"] != fmt.Sprint(pid):
		return errors.New("another server answers")
	case fields["loading"] == "1":
		return errors.New("the server still loads its data")
	}
	return nil
}

func (s *Server) whyEnded() error {
	log, err := os.ReadFile(s.logFile())
	if err != nil {
		return err
	}
	if strings.Contains(string(log), "Address already in use") {
		return errPortTaken
	}
	return fmt.Errorf("redis-server has ended:\n%s", log)
}

// remove ends the process at the end of the test.
func (s *Server) remove() {
	if p := s.current(); p != nil {
		_ = p.end(syscall.SIGKILL)
	}
}
