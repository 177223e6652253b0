package records_test

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"go.uber.org/goleak"

	"github.com/go-pme/pme/audit"
	"github.com/go-pme/pme/audit/files"
	"github.com/go-pme/pme/cmd/pme/internal/config"
	"github.com/go-pme/pme/cmd/pme/internal/postgres"
	"github.com/go-pme/pme/cmd/pme/internal/records"
	"github.com/go-pme/pme/cmd/pme/internal/servertest"
	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/secret"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func kept(database string) (cfg config.Config) {
	cfg.Audit.Database = config.SecretOf(secret.Fixed(database))
	return cfg
}

// write has a trail with one grant written to a sink.
func write(t *testing.T, sink audit.Sink) {
	t.Helper()
	trail, err := audit.New(audit.Config{Sinks: []audit.Sink{sink}, Logger: slog.New(slog.DiscardHandler)})
	must(t, err)
	stream, err := event.New(event.Config{Logger: slog.New(slog.DiscardHandler), Listeners: []event.Listener{trail}})
	must(t, err)
	stream.Emit(t.Context(), event.Event{Kind: event.TokenGranted, User: "alice"})
	must(t, stream.Shutdown(context.Background()))
	must(t, trail.Close(context.Background()))
}

// read returns the users of the grants of a trail.
func read(t *testing.T, cfg config.Config) (users []string) {
	t.Helper()
	trail, err := records.Open(t.Context(), cfg)
	must(t, err)
	defer trail.Close()
	for r, err := range trail.Records(t.Context(), audit.Query{Kinds: []event.Kind{event.TokenGranted}}) {
		must(t, err)
		users = append(users, r.User)
	}
	return users
}

func wantRefused(t *testing.T, cfg config.Config, want string) {
	t.Helper()
	trail, err := records.Open(t.Context(), cfg)
	if err == nil {
		trail.Close()
	}
	if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hidden") {
		t.Errorf("%v, want %q", err, want)
	}
}

func TestADirectoryIsRead(t *testing.T) {
	dir := t.TempDir()
	sink, err := files.Open(files.Config{Dir: dir})
	must(t, err)
	write(t, sink)
	must(t, sink.Close())
	var cfg config.Config
	cfg.Audit.Dir = dir
	if users := read(t, cfg); len(users) != 1 || users[0] != "alice" {
		t.Errorf("%q", users)
	}
	cfg.Audit.Dir = filepath.Join(dir, "missing")
	wantRefused(t, cfg, "no directory")
}

func TestAConfigurationWithoutATrailIsTold(t *testing.T) {
	if _, err := records.Open(t.Context(), config.Config{}); !errors.Is(err, records.ErrNone) {
		t.Error(err)
	}
}

// Whoever reads a trail must not change it: tables of an older release are for pme serve to bring up to date.
func TestAReaderChangesNothingInPostgreSQL(t *testing.T) {
	server := servertest.NewPostgreSQL(t)
	cfg := kept(server.URL("hidden"))
	wantRefused(t, cfg, "no trail")
	sink, err := postgres.OpenSink(t.Context(), "audit.database", server.URL("hidden"), slog.New(slog.DiscardHandler))
	must(t, err)
	write(t, sink)
	must(t, sink.Close())
	if users := read(t, cfg); len(users) != 1 || users[0] != "alice" {
		t.Errorf("%q", users)
	}
	conn, err := pgx.Connect(t.Context(), server.URL("hidden"))
	must(t, err)
	defer func() { _ = conn.Close(context.Background()) }()
	_, err = conn.Exec(t.Context(), "DELETE FROM pme_audit_migrations") // as if none of its steps were known
	must(t, err)
	wantRefused(t, cfg, "an older release")
	var steps int
	must(t, conn.QueryRow(t.Context(), "SELECT count(*) FROM pme_audit_migrations").Scan(&steps))
	if steps != 0 {
		t.Errorf("%d steps are noted by the reader", steps)
	}
	wantRefused(t, kept(server.URL("hidden-and-wrong")), "password authentication failed")
	server.Stop(t)
	wantRefused(t, cfg, "does not answer")
}
