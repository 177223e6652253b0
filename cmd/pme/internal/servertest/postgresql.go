//go:build unix

package servertest

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/jackc/pgx/v5"
)

// A PostgreSQL is a server that listens on a socket in its directory, on no port.
type PostgreSQL struct{ *server }

// NewPostgreSQL returns a server that was started.
func NewPostgreSQL(t testing.TB) PostgreSQL {
	t.Helper()
	s := newServer(t)
	if os.Geteuid() == 0 {
		s.owner = systemUser(t)
		must(t, os.Chown(s.dir, int(s.owner.Uid), int(s.owner.Gid)))
	}
	bin := programs(t)
	password := filepath.Join(s.dir, "password")
	must(t, os.WriteFile(password, []byte("hidden"), 0o644)) //nolint:gosec // another user reads it
	data := filepath.Join(s.dir, "data")
	out, err := s.command(filepath.Join(bin, "initdb"), "-D", data, "-U", "pme", "--pwfile", password, "-A", "scram-sha-256", "-E", "UTF8", "--locale=C", "--no-sync").CombinedOutput()
	if err != nil {
		t.Fatalf("initdb: %v\n%s", err, out)
	}
	p := PostgreSQL{s}
	s.program, s.args = filepath.Join(bin, "postgres"), []string{"-D", data, "-k", s.dir, "-c", "listen_addresses="}
	s.answers = func(ctx context.Context) error {
		conn, err := pgx.Connect(ctx, p.URL("hidden"))
		if err != nil {
			return err
		}
		return conn.Close(ctx)
	}
	s.Start(t)
	return p
}

// URL returns the address of the server for a password. The right one is hidden.
func (p PostgreSQL) URL(password string) string {
	return "postgres://pme:" + password + "@/postgres?sslmode=disable&host=" + p.dir
}

// programs returns the directory of PostgreSQL's programs, which Debian keeps out of PATH.
func programs(t testing.TB) string {
	t.Helper()
	if path, err := exec.LookPath("postgres"); err == nil {
		return filepath.Dir(path)
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	must(t, err)
	if len(found) == 0 {
		t.Fatal("PostgreSQL is not installed: apt-get install postgresql, or leave these tests out with -short")
	}
	return filepath.Dir(found[len(found)-1])
}
