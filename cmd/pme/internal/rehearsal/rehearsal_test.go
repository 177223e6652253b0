package rehearsal_test

import (
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/go-pme/pme/cmd/pme/internal/config"
	"github.com/go-pme/pme/cmd/pme/internal/rehearsal"
	"github.com/go-pme/pme/cmd/pme/internal/serve"
	"github.com/go-pme/pme/secret"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const key = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="

func fixed(value string) config.Secret { return config.SecretOf(secret.Fixed(value)) }

// full is a configuration with everything that is kept in files, in dir.
func full(t *testing.T, dir string) (cfg config.Config) {
	t.Helper()
	cfg.Addr = "127.0.0.1:8080"
	cfg.Matterport = config.Matterport{ClientID: "client", ClientSecret: fixed("client-secret")}
	cfg.Access.File = filepath.Join(dir, "allow.yaml")
	must(t, os.WriteFile(cfg.Access.File, []byte("rules: []\n"), 0o600))
	cfg.Login.OIDC = &config.OIDC{Issuer: "https://login.example.com", ClientID: "pme", ClientSecret: fixed("oidc-secret")}
	cfg.Audit.Database = fixed(filepath.Join(dir, "audit.db"))
	cfg.Audit.Dir = filepath.Join(dir, "audit")
	cfg.Connections = config.Connections{ClientID: "partner", ClientSecret: fixed("partner-secret"), Database: fixed(filepath.Join(dir, "connections.db")), Keys: fixed(key)}
	cfg.Control.Socket = filepath.Join(dir, "control.sock")
	return cfg
}

func TestARehearsalMakesNoFile(t *testing.T) {
	dir := t.TempDir()
	cfg, looked := full(t, dir), 0
	problems, notes, err := rehearsal.Of(t.Context(), cfg, slog.New(slog.DiscardHandler), func(*serve.Gateway) { looked++ })
	if err != nil || len(problems) != 0 || len(notes) != 0 || looked != 1 {
		t.Errorf("%v %v %v %d", problems, notes, err, looked)
	}
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	must(t, err)
	if len(names) != 1 {
		t.Errorf("there are %v", names)
	}
}

func TestARehearsalSaysWhatCannotBeMade(t *testing.T) {
	dir := t.TempDir()
	cfg := full(t, dir)
	must(t, os.WriteFile(cfg.Audit.Dir, []byte("no directory"), 0o600))
	cfg.Control.Socket = filepath.Join(dir, "missing", "control.sock")
	cfg.Audit.ChainKey = fixed("short-and-secret")
	problems, _, err := rehearsal.Of(t.Context(), cfg, slog.New(slog.DiscardHandler), func(*serve.Gateway) { t.Error("there is a gateway") })
	must(t, err)
	text := problems.Error()
	for _, path := range []string{"audit.dir", "control.socket", "audit.chain_key"} {
		if !strings.Contains(text, path) {
			t.Errorf("nothing is said of %s: %s", path, text)
		}
	}
	if strings.Contains(text, "short-and-secret") {
		t.Error("a secret is quoted")
	}
}

// A server that counts who connects stands for Redis: whoever joins a fleet leaves keys there.
func TestARehearsalDoesNotJoinTheFleet(t *testing.T) {
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	must(t, err)
	asked := make(chan bool, 1)
	go func() {
		conn, err := listener.Accept()
		if err == nil {
			_ = conn.Close()
		}
		asked <- err == nil
	}()
	cfg := full(t, t.TempDir())
	cfg.Fleet = config.Fleet{URL: "redis://" + listener.Addr().String(), Keys: fixed(key)}
	problems, notes, err := rehearsal.Of(t.Context(), cfg, slog.New(slog.DiscardHandler), func(*serve.Gateway) {})
	if err != nil || len(problems) != 0 || len(notes) != 1 || !strings.Contains(notes[0], "Redis") {
		t.Errorf("%v %v %v", problems, notes, err)
	}
	_ = listener.Close()
	if <-asked {
		t.Error("there was a connection")
	}
	cfg.Fleet = config.Fleet{URL: "http://x", Keys: fixed("short-and-secret"), OnOutage: "x"}
	problems, _, err = rehearsal.Of(t.Context(), cfg, slog.New(slog.DiscardHandler), func(*serve.Gateway) {})
	if text := problems.Error(); err != nil || !strings.Contains(text, "fleet.keys") || !strings.Contains(text, "fleet.on_outage") || strings.Contains(text, "secret") {
		t.Errorf("%v %v", problems, err)
	}
	cfg.Fleet = config.Fleet{URL: "http://x", Keys: fixed(key)}
	problems, _, err = rehearsal.Of(t.Context(), cfg, slog.New(slog.DiscardHandler), func(*serve.Gateway) {})
	if err != nil || len(problems) != 1 || problems[0].Path != "fleet.url" {
		t.Errorf("%v %v", problems, err)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
