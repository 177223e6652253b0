//go:build unix

// Package servertest starts PostgreSQL and Redis for tests, from the programs that are installed. Each server is a test's own, keeps its
// files in a directory of its own, and ends with the test. With -short, such tests are skipped.
package servertest

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// patience bounds how long a server may take to start, or to end.
const patience = time.Minute

// A server is a program that runs for a test.
type server struct {
	dir     string
	program string
	args    []string
	owner   *syscall.Credential // nil: the user of the tests
	answers func(context.Context) error

	process *exec.Cmd
	ended   chan struct{} // closed when the process has ended
}

// newServer returns a server with a directory, whose name is short enough for that of a socket.
func newServer(t testing.TB) *server {
	t.Helper()
	if testing.Short() {
		t.Skip("servers are not started with -short")
	}
	dir, err := os.MkdirTemp("/tmp", "pme-server-")
	must(t, err)
	s := &server{dir: dir}
	t.Cleanup(func() {
		s.Stop(t)
		_ = os.RemoveAll(dir)
	})
	return s
}

func (s *server) command(program string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(context.Background(), program, args...) //nolint:gosec // a program of a server; Stop ends it
	cmd.Dir = s.dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.owner}
	endWithParent(cmd.SysProcAttr)
	return cmd
}

// Start starts the server, and waits until it answers.
func (s *server) Start(t testing.TB) {
	t.Helper()
	log, err := os.Create(filepath.Join(s.dir, "log"))
	must(t, err)
	defer func() { _ = log.Close() }()
	s.process = s.command(s.program, s.args...)
	s.process.Stdout, s.process.Stderr = log, log
	must(t, s.process.Start())
	s.ended = make(chan struct{})
	go func() {
		_ = s.process.Wait()
		close(s.ended)
	}()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for err := s.answers(ctx); err != nil; err = s.answers(ctx) {
		select {
		case <-time.After(20 * time.Millisecond):
		case <-s.ended:
			text, _ := os.ReadFile(log.Name())
			t.Fatalf("%s has ended:\n%s", s.program, text)
		case <-ctx.Done():
			t.Fatalf("%s does not answer: %v", s.program, err)
		}
	}
}

// Stop ends the server, and waits for its end.
func (s *server) Stop(t testing.TB) {
	t.Helper()
	if s.process == nil {
		return
	}
	if err := s.process.Process.Signal(syscall.SIGINT); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Error(err)
	}
	select {
	case <-s.ended:
	case <-time.After(patience):
		_ = s.process.Process.Kill()
		t.Errorf("%s does not end", s.program)
	}
	s.process = nil
}

// systemUser is who Debian's packages run PostgreSQL as, for tests that root runs: PostgreSQL refuses to work for root.
func systemUser(t testing.TB) *syscall.Credential {
	t.Helper()
	u, err := user.Lookup("postgres")
	must(t, err)
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	must(t, err)
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	must(t, err)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
