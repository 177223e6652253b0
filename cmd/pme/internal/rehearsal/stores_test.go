package rehearsal_test

import (
	"log/slog"
	"net"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-pme/pme/cmd/pme/internal/config"
	"github.com/go-pme/pme/cmd/pme/internal/rehearsal"
	"github.com/go-pme/pme/cmd/pme/internal/serve"
	"github.com/go-pme/pme/connect/sqlstore/sqlite"
)

func rehearse(t *testing.T, cfg config.Config) (serve.Problems, []string) {
	t.Helper()
	problems, notes, err := rehearsal.Of(t.Context(), cfg, slog.New(slog.DiscardHandler), func(*serve.Gateway) {})
	must(t, err)
	return problems, notes
}

func TestAFileInUseIsNoProblem(t *testing.T) {
	cfg := full(t, t.TempDir())
	cfg.Control.Socket = ""
	kept, err := sqlite.Open(t.Context(), sqlite.Config{Path: cfg.Connections.Database.Value(), KeySecrets: cfg.Connections.Keys.Source()})
	must(t, err)
	problems, notes := rehearse(t, cfg)
	if len(problems) != 0 || len(notes) != 1 || !strings.Contains(notes[0], "in use") {
		t.Errorf("%v %v", problems, notes)
	}
	must(t, kept.Close())
	if problems, notes = rehearse(t, cfg); len(problems) != 0 || len(notes) != 0 {
		t.Errorf("afterwards: %v %v", problems, notes)
	}
}

func TestWhatCannotBeMadeIsAProblem(t *testing.T) {
	cfg := full(t, t.TempDir())
	cfg.Audit.Dir = "/proc/nope/audit"
	cfg.Audit.Database = fixed("/proc/nope/audit.db")
	cfg.Connections.Database = fixed(filepath.Join(t.TempDir(), "missing", "connections.db"))
	problems, _ := rehearse(t, cfg)
	for i, path := range []string{"audit.dir", "audit.database", "connections.database"} {
		if len(problems) != 3 || problems[i].Path != path {
			t.Fatalf("%v", problems)
		}
	}
	dir := t.TempDir()
	cfg = full(t, dir)
	cfg.Audit.Database = cfg.Connections.Database
	if problems, _ := rehearse(t, cfg); len(problems) != 1 || problems[0].Path != "connections.database" {
		t.Errorf("one file for two: %v", problems)
	}
	if made, err := filepath.Glob(filepath.Join(dir, "*.db*")); err != nil || len(made) != 0 {
		t.Errorf("there are %v, %v", made, err)
	}
	cfg = full(t, t.TempDir())
	cfg.Audit.Dir = filepath.Join(t.TempDir(), "a", "b", "audit")
	if problems, _ := rehearse(t, cfg); len(problems) != 0 {
		t.Errorf("with directories to be made: %v", problems)
	}
}

// The URL of a database has a password, and is not quoted.
func TestADatabaseThatDoesNotAnswerIsAProblem(t *testing.T) {
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	must(t, err)
	must(t, listener.Close())
	cfg := full(t, t.TempDir())
	cfg.Connections.Database = fixed("postgres://pme:hidden@" + listener.Addr().String() + "/pme?sslmode=disable")
	problems, _ := rehearse(t, cfg)
	if len(problems) != 1 || problems[0].Path != "connections.database" || strings.Contains(problems.Error(), "hidden") {
		t.Errorf("%v", problems)
	}
	cfg.Connections.Database, cfg.Audit.Database = fixed("postgres://u:hidden@[x/db"), fixed("postgres://u:hidden@[x/db")
	if problems, _ = rehearse(t, cfg); len(problems) != 2 || strings.Contains(problems.Error(), "hidden") {
		t.Errorf("%v", problems)
	}
}
