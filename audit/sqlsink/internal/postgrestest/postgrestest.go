//go:build unix

// Package postgrestest starts PostgreSQL servers for tests, from the programs that are installed on the
// machine. They listen on a socket in a directory of their own, on no port, and end with the tests.
package postgrestest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver called pgx
)

// A Server is a PostgreSQL server.
type Server struct {
	dir     string
	bin     string
	owner   *syscall.Credential // nil: the user of the tests
	schemas atomic.Int32

	process *exec.Cmd
	ended   chan struct{} // closed when the process has ended
}

var shared struct {
	once   sync.Once
	server *Server
	err    error
}

// Main runs the tests of a package, ends the server that they shared, and returns the exit code.
func Main(m *testing.M) int {
	code := m.Run()
	if shared.server != nil {
		shared.server.remove()
	}
	return code
}

// Shared returns the server that all tests of the package share. Their TestMain has to call [Main].
func Shared(t testing.TB) *Server {
	t.Helper()
	shared.once.Do(func() { shared.server, shared.err = start() })
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	return shared.server
}

// New returns a server for one test, which may be killed.
func New(t testing.TB) *Server {
	t.Helper()
	s, err := start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.remove)
	return s
}

// Schema makes an empty schema, and returns what the driver called pgx opens it with: a database would
// be no more apart, and takes far longer to make.
func (s *Server) Schema(t testing.TB) (dsn string) {
	t.Helper()
	name := fmt.Sprintf("test_%d", s.schemas.Add(1))
	db, err := sql.Open("pgx", s.dsn("public"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if _, err := db.ExecContext(t.Context(), "CREATE SCHEMA "+name); err != nil {
		t.Fatal(err)
	}
	return s.dsn(name)
}

func (s *Server) dsn(schema string) string { return dsnAt(s.dir, schema) }

func dsnAt(host, schema string) string {
	return fmt.Sprintf("host=%s user=postgres dbname=postgres sslmode=disable search_path=%s", host, schema)
}

// Kill ends the server at once, as when the power fails: clients are not told, nothing is tidied up.
func (s *Server) Kill(t testing.TB) {
	t.Helper()
	// SIGQUIT is how a postmaster lets its children, too, end at once. Killed itself, it would leave them
	// to find out, and they would keep its successor from starting for as long.
	if err := s.end(syscall.SIGQUIT); err != nil {
		t.Fatal(err)
	}
}

// Stop ends the server as pg_ctl stop does: it tells its clients and waits for no transaction.
func (s *Server) Stop(t testing.TB) {
	t.Helper()
	if err := s.end(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
}

// Start starts a server that was stopped or killed.
func (s *Server) Start(t testing.TB) {
	t.Helper()
	if err := s.start(); err != nil {
		t.Fatal(err)
	}
}

func start() (_ *Server, err error) {
	bin, err := programs()
	if err != nil {
		return nil, err
	}
	s := &Server{bin: bin}
	if os.Geteuid() == 0 { // whom PostgreSQL refuses to work for
		if s.owner, err = systemUser(); err != nil {
			return nil, err
		}
	}
	// Not in the tests' own directory, whose name can be too long for that of a socket.
	if s.dir, err = os.MkdirTemp("/tmp", "pme-postgres-"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			s.remove()
		}
	}()
	if s.owner != nil {
		if err := os.Chown(s.dir, int(s.owner.Uid), int(s.owner.Gid)); err != nil {
			return nil, err
		}
	}
	initdb := s.command("initdb", "-D", s.Data(), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
	if out, err := initdb.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w\n%s", err, out)
	}
	return s, s.start()
}

// Data returns the directory of the server's files.
func (s *Server) Data() string { return filepath.Join(s.dir, "data") }

func (s *Server) command(program string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(s.bin, program), args...) //nolint:gosec,noctx // a program of PostgreSQL, which remove ends
	cmd.Dir = s.dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.owner}
	cmd.WaitDelay = time.Second
	endWithParent(cmd.SysProcAttr)
	return cmd
}

func (s *Server) start() error {
	log, err := os.OpenFile(filepath.Join(s.dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }()
	s.process = s.command("postgres", "-D", s.Data(), "-k", s.dir, "-c", "listen_addresses=")
	s.process.Stdout, s.process.Stderr = log, log
	if err := s.process.Start(); err != nil {
		s.process = nil
		return err
	}
	s.ended = make(chan struct{})
	go await(s.process, s.ended)
	return s.ready()
}

func await(process *exec.Cmd, ended chan<- struct{}) {
	_ = process.Wait()
	close(ended)
}

// ready waits until the server answers.
func (s *Server) ready() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	db, err := sql.Open("pgx", s.dsn("public"))
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	for {
		err := db.PingContext(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-s.ended:
			log, _ := os.ReadFile(filepath.Join(s.dir, "log"))
			return fmt.Errorf("postgres has ended:\n%s", log)
		case <-ctx.Done():
			return fmt.Errorf("postgres does not answer: %w", err)
		}
	}
}

// end sends a signal to the server's own process, and waits for its end.
func (s *Server) end(with syscall.Signal) error {
	if s.process == nil {
		return nil
	}
	if err := s.process.Process.Signal(with); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-s.ended:
		s.process = nil
		return nil
	case <-time.After(30 * time.Second):
		return fmt.Errorf("postgres does not end on %v", with)
	}
}

func (s *Server) remove() {
	if s.end(syscall.SIGINT) != nil {
		_ = s.end(syscall.SIGKILL)
	}
	_ = os.RemoveAll(s.dir)
}
