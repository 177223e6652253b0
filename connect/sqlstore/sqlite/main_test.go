package sqlite_test

import (
	"bufio"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/go-pme/pme/connect/sqlstore"
	"github.com/go-pme/pme/connect/sqlstore/sqlite"
	"github.com/go-pme/pme/connect/store"
	"github.com/go-pme/pme/connect/storetest"
)

const (
	childFile = "SQLITE_TEST_FILE"
	aKey      = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
)

func TestMain(m *testing.M) {
	if path := os.Getenv(childFile); path != "" {
		keepOpen(path)
	}
	goleak.VerifyTestMain(m)
}

func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T) store.Store { return open(t, newPath(t)) })
}

func newPath(t *testing.T) string {
	t.Helper()
	return filepath.Join(t.TempDir(), "connections.db")
}

func config(path string) sqlite.Config {
	key, err := sqlstore.ParseKey(aKey)
	if err != nil {
		panic(err)
	}
	return sqlite.Config{Path: path, Keys: []sqlstore.Key{key}}
}

func open(t *testing.T, path string) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), config(path))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func create(t *testing.T, s store.Store) store.Key {
	t.Helper()
	k := store.Key{User: "alice", ID: "A"}
	if err := s.Create(t.Context(), &store.Record{Key: k, RefreshToken: "refresh token"}, 100); err != nil {
		t.Fatal(err)
	}
	return k
}

// keepOpen is what another process does that uses the file: it connects one account after another, and
// tells of each when it is done.
func keepOpen(path string) {
	ctx := context.Background()
	cfg := config(path)
	cfg.Wait = time.Millisecond
	s, err := sqlite.Open(ctx, cfg)
	if err != nil {
		_, _ = os.Stdout.WriteString(err.Error() + "\n")
		os.Exit(1)
	}
	for i := range 1_000_000 {
		k := store.Key{User: "alice", ID: string(rune('A' + i))}
		if err := s.Create(ctx, &store.Record{Key: k, RefreshToken: "refresh token"}, 1_000_000); err != nil {
			_, _ = os.Stdout.WriteString(err.Error() + "\n")
			os.Exit(1)
		}
		_, _ = os.Stdout.WriteString(k.ID + "\n")
		time.Sleep(time.Millisecond)
	}
}

// A process is another one that uses a file.
type process struct {
	*exec.Cmd
	out *bufio.Reader
}

func start(t *testing.T, path string) *process {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), childFile+"="+path)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return &process{cmd, bufio.NewReader(out)}
}

func (p *process) line(t *testing.T) string {
	t.Helper()
	line, err := p.out.ReadString('\n')
	if err != nil && err != io.EOF {
		t.Fatal(err)
	}
	return line
}

// kill ends the process as it is, and returns what it has told since.
func (p *process) kill(t *testing.T) (told string) {
	t.Helper()
	if err := p.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	rest, err := io.ReadAll(p.out)
	if err != nil {
		t.Fatal(err)
	}
	_ = p.Wait()
	return string(rest)
}
