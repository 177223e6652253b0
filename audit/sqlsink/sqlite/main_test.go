package sqlite_test

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/go-pme/pme/audit"
	"github.com/go-pme/pme/audit/sinktest"
	"github.com/go-pme/pme/audit/sqlsink/sqlite"
	"github.com/go-pme/pme/event"
)

const childFile = "SQLITE_TEST_FILE"

func TestMain(m *testing.M) {
	if path := os.Getenv(childFile); path != "" {
		keepOpen(path)
	}
	goleak.VerifyTestMain(m)
}

func TestSink(t *testing.T) {
	sinktest.Run(t, func(t *testing.T) audit.Sink { return open(t, newPath(t)) })
}

func newPath(t *testing.T) string {
	t.Helper()
	return filepath.Join(t.TempDir(), "audit.db")
}

func open(t *testing.T, path string) *sqlite.Sink {
	t.Helper()
	s, err := sqlite.Open(t.Context(), sqlite.Config{Path: path})
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

// record returns a record of a chain of one.
func record(chain string) []audit.Record {
	text, err := json.Marshal(audit.Record{Version: 1, Chain: chain, Number: 1, Time: time.Unix(0, 0).UTC(), Kind: event.SpaceViewed, User: "bob"})
	if err != nil {
		panic(err)
	}
	body := strings.TrimSuffix(string(text), "}")
	sum := sha256.Sum256([]byte(body))
	r, err := audit.ParseLine(body + `,"hash":"` + hex.EncodeToString(sum[:]) + `"}`)
	if err != nil {
		panic(err)
	}
	return []audit.Record{r}
}

// keepOpen is what another process does that uses the file: it stores one record after another, and tells of each
// when it is done.
func keepOpen(path string) {
	ctx := context.Background()
	fail := func(err error) { _, _ = os.Stdout.WriteString(err.Error() + "\n"); os.Exit(1) }
	s, err := sqlite.Open(ctx, sqlite.Config{Path: path, Wait: time.Millisecond})
	if err != nil {
		fail(err)
	}
	for i := range 1_000_000 {
		chain := fmt.Sprint("chain ", os.Getpid(), " ", i)
		if err := s.Append(ctx, record(chain)); err != nil {
			fail(err)
		}
		_, _ = os.Stdout.WriteString(chain + "\n")
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
