package rehearsal_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/go-pme/pme/cmd/pme/internal/config"
	"github.com/go-pme/pme/cmd/pme/internal/diagnosis"
	"github.com/go-pme/pme/cmd/pme/internal/servertest"
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
	if out := rehearse(t, full(t, dir)); len(out.Problems) != 0 || len(out.Findings) != 0 {
		t.Errorf("%v", out)
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
	text := rehearse(t, cfg).Problems.Error()
	for _, path := range []string{"audit.dir", "control.socket", "audit.chain_key"} {
		if !strings.Contains(text, path) {
			t.Errorf("nothing is said of %s: %s", path, text)
		}
	}
	if strings.Contains(text, "short-and-secret") {
		t.Error("a secret is quoted")
	}
}

// Whoever joins a fleet leaves keys in Redis, for ever.
func TestARehearsalDoesNotJoinTheFleet(t *testing.T) {
	server := servertest.NewRedis(t)
	cfg := full(t, t.TempDir())
	cfg.Fleet = config.Fleet{URL: server.URL(), Keys: fixed(key)}
	out := rehearse(t, cfg)
	if len(out.Problems) != 0 || len(out.Findings) != 1 || out.Findings[0].Status != diagnosis.OK {
		t.Errorf("%v", out)
	}
	if keys := server.Do(t, "DBSIZE"); keys != ":0" {
		t.Errorf("keys in Redis afterwards: %s", keys)
	}
}

func TestARedisThatIsAwayIsNoProblem(t *testing.T) {
	cfg := full(t, t.TempDir())
	cfg.Fleet = config.Fleet{URL: "redis://" + servertest.ClosedPort(t), Keys: fixed(key)}
	out := rehearse(t, cfg)
	if len(out.Problems) != 0 || len(out.Findings) != 1 || !out.Findings[0].Unanswered {
		t.Errorf("%v", out)
	}
}

func TestAFleetThatCannotBeIsAProblem(t *testing.T) {
	server := servertest.NewRedis(t)
	for name, test := range map[string]struct {
		fleet config.Fleet
		want  []string
	}{
		"keys and outage": {config.Fleet{URL: "http://x", Keys: fixed("short-and-secret"), OnOutage: "x"}, []string{"fleet.keys", "fleet.on_outage"}},
		"no URL of Redis": {config.Fleet{URL: "http://x", Keys: fixed(key)}, []string{"fleet.url"}},
		"no credentials":  {config.Fleet{URL: server.URL(), Password: fixed("not-it-and-secret"), Keys: fixed(key)}, []string{"fleet.username: Redis does not accept the credentials"}},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := full(t, t.TempDir())
			cfg.Fleet = test.fleet
			text := rehearse(t, cfg).Problems.Error()
			for _, want := range test.want {
				if !strings.Contains(text, want) {
					t.Errorf("%q is not in %q", want, text)
				}
			}
			if strings.Contains(text, "secret") {
				t.Errorf("a secret is quoted: %s", text)
			}
		})
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
