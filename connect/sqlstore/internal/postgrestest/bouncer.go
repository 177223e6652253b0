//go:build unix

package postgrestest

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// A Bouncer is a PgBouncer in front of a server, which hands out few server connections by the transaction. It listens
// on a socket, on no port.
type Bouncer struct{ dir string }

// Bouncer starts a PgBouncer for one test, which keeps no prepared statements.
func (s *Server) Bouncer(t testing.TB) *Bouncer {
	t.Helper()
	path, err := exec.LookPath("pgbouncer")
	if err != nil {
		path = "/usr/sbin/pgbouncer" // which is on the PATH of root only
	}
	b := &Bouncer{dir: filepath.Join(s.dir, "bouncer")}
	if err := b.configure(s); err != nil {
		t.Fatal(err)
	}
	process := exec.Command(path, filepath.Join(b.dir, "pgbouncer.ini")) //nolint:gosec,noctx // ended below
	process.Dir = b.dir
	process.SysProcAttr = &syscall.SysProcAttr{Credential: s.owner}
	endWithParent(process.SysProcAttr)
	if err := process.Start(); err != nil {
		t.Fatalf("PgBouncer is not installed: apt-get install pgbouncer, or leave these tests out with -short: %v", err)
	}
	t.Cleanup(func() {
		_ = process.Process.Kill()
		_ = process.Wait()
		_ = os.RemoveAll(b.dir)
	})
	b.await(t)
	return b
}

func (b *Bouncer) configure(s *Server) error {
	if err := os.Mkdir(b.dir, 0o700); err != nil {
		return err
	}
	config := fmt.Sprintf(`[databases]
postgres = host=%s user=postgres
[pgbouncer]
listen_addr =
unix_socket_dir = %s
auth_type = any
pool_mode = transaction
default_pool_size = 3
ignore_startup_parameters = search_path,extra_float_digits
logfile = %s
`, s.dir, b.dir, filepath.Join(b.dir, "log"))
	file := filepath.Join(b.dir, "pgbouncer.ini")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil || s.owner == nil {
		return err
	}
	for _, path := range []string{b.dir, file} {
		if err := os.Chown(path, int(s.owner.Uid), int(s.owner.Gid)); err != nil {
			return err
		}
	}
	return nil
}

// await waits until PgBouncer answers.
func (b *Bouncer) await(t testing.TB) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var dialer net.Dialer
	for ctx.Err() == nil {
		if conn, err := dialer.DialContext(ctx, "unix", filepath.Join(b.dir, ".s.PGSQL.6432")); err == nil {
			_ = conn.Close()
			return
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
		}
	}
	log, _ := os.ReadFile(filepath.Join(b.dir, "log"))
	t.Fatalf("PgBouncer does not answer:\n%s", log)
}

// DSN returns what the driver called pgx opens the database of the server with through b, with one of its modes. Tables are
// in the schema public: the search path belongs to a server connection, which clients share.
func (b *Bouncer) DSN(mode string) string {
	dsn := fmt.Sprintf("host=%s port=6432 user=postgres dbname=postgres sslmode=disable", b.dir)
	if mode != "" {
		dsn += " default_query_exec_mode=" + mode
	}
	return dsn
}
