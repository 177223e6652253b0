package rehearsal_test

import (
	"log/slog"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/go-pme/pme/cmd/pme/internal/config"
	"github.com/go-pme/pme/cmd/pme/internal/diagnosis"
	"github.com/go-pme/pme/cmd/pme/internal/rehearsal"
	"github.com/go-pme/pme/cmd/pme/internal/servertest"
	"github.com/go-pme/pme/connect/sqlstore/sqlite"
)

func rehearse(t *testing.T, cfg config.Config) rehearsal.Outcome {
	t.Helper()
	out, err := rehearsal.Of(t.Context(), cfg, slog.New(slog.DiscardHandler))
	must(t, err)
	return out
}

func TestAFileInUseIsNoProblem(t *testing.T) {
	cfg := full(t, t.TempDir())
	cfg.Control.Socket = ""
	kept, err := sqlite.Open(t.Context(), sqlite.Config{Path: cfg.Connections.Database.Value(), KeySecrets: cfg.Connections.Keys.Source()})
	must(t, err)
	out := rehearse(t, cfg)
	if len(out.Problems) != 0 || len(out.Findings) != 1 || !strings.Contains(out.Findings[0].Text, "in use") {
		t.Errorf("%v", out)
	}
	must(t, kept.Close())
	if out = rehearse(t, cfg); len(out.Problems) != 0 || len(out.Findings) != 0 {
		t.Errorf("afterwards: %v", out)
	}
}

func TestWhatCannotBeMadeIsAProblem(t *testing.T) {
	cfg := full(t, t.TempDir())
	cfg.Audit.Dir = "/proc/nope/audit"
	cfg.Audit.Database = fixed("/proc/nope/audit.db")
	cfg.Connections.Database = fixed(filepath.Join(t.TempDir(), "missing", "connections.db"))
	problems := rehearse(t, cfg).Problems
	for i, path := range []string{"audit.dir", "audit.database", "connections.database"} {
		if len(problems) != 3 || problems[i].Path != path {
			t.Fatalf("%v", problems)
		}
	}
	dir := t.TempDir()
	cfg = full(t, dir)
	cfg.Audit.Database = cfg.Connections.Database
	if problems := rehearse(t, cfg).Problems; len(problems) != 1 || problems[0].Path != "connections.database" {
		t.Errorf("one file for two: %v", problems)
	}
	if made, err := filepath.Glob(filepath.Join(dir, "*.db*")); err != nil || len(made) != 0 {
		t.Errorf("there are %v, %v", made, err)
	}
	cfg = full(t, t.TempDir())
	cfg.Audit.Dir = filepath.Join(t.TempDir(), "a", "b", "audit")
	if problems := rehearse(t, cfg).Problems; len(problems) != 0 {
		t.Errorf("with directories to be made: %v", problems)
	}
}

// The URL of a database has a password, and is not quoted.
func TestADatabaseThatIsAwayIsNoProblem(t *testing.T) {
	cfg := full(t, t.TempDir())
	cfg.Connections.Database = fixed("postgres://pme:hidden@" + servertest.ClosedPort(t) + "/pme?sslmode=disable")
	cfg.Audit.Database = cfg.Connections.Database
	out := rehearse(t, cfg)
	if len(out.Problems) != 0 || len(out.Findings) != 2 || strings.Contains(out.Findings.String(), "hidden") {
		t.Errorf("%v", out)
	}
	for _, f := range out.Findings {
		if !f.Unanswered {
			t.Errorf("%v", f)
		}
	}
}

func TestADatabaseThatRefusesIsAProblem(t *testing.T) {
	server := servertest.NewPostgreSQL(t)
	cfg := full(t, t.TempDir())
	for _, database := range []string{server.URL("hidden-and-wrong"), "postgres://u:hidden@[x/db"} {
		cfg.Connections.Database, cfg.Audit.Database = fixed(database), fixed(database)
		if problems := rehearse(t, cfg).Problems; len(problems) != 2 || strings.Contains(problems.Error(), "hidden") {
			t.Errorf("%v", problems)
		}
	}
}

// Tables would be in the way of another release.
func TestARehearsalMakesNoTables(t *testing.T) {
	server := servertest.NewPostgreSQL(t)
	cfg := full(t, t.TempDir())
	cfg.Connections.Database, cfg.Audit.Database = fixed(server.URL("hidden")), fixed(server.URL("hidden"))
	out := rehearse(t, cfg)
	if worst, _ := out.Findings.Verdict(); len(out.Problems) != 0 || len(out.Findings) != 2 || worst != diagnosis.OK {
		t.Errorf("%v", out)
	}
	conn, err := pgx.Connect(t.Context(), server.URL("hidden"))
	must(t, err)
	defer func() { _ = conn.Close(t.Context()) }()
	var tables int
	must(t, conn.QueryRow(t.Context(), "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").Scan(&tables))
	if tables != 0 {
		t.Errorf("there are %d tables", tables)
	}
}
