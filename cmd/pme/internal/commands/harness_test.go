package commands_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/go-pme/pme/cmd/pme/internal/commands"
	"github.com/go-pme/pme/matterport/matterporttest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	office    = "SxQL3iGyoDo"
	warehouse = "yyHDFKzPzvN"
	sdkKey    = "sdk-key-that-is-a-secret"
	proxySays = "a-secret-of-the-proxy-in-front"
	hookSays  = "a-secret-that-matterport-sends"
)

const rules = `rules:
  - users: [alice, bob]
    models: [SxQL3iGyoDo]
  - groups: [facilities]
    models: ["*"]
`

// A site is a configuration of a gateway behind a proxy, with its files and an emulator as Matterport.
type site struct {
	dir, config, socket, allow string
	up                         *matterporttest.Running
	secrets                    []string
}

// newSite writes the configuration, and what is added to it.
func newSite(t *testing.T, added ...string) *site {
	t.Helper()
	dir := t.TempDir()
	must(t, os.Chmod(dir, 0o755))
	s := &site{dir: dir, config: filepath.Join(dir, "pme.yaml"), socket: filepath.Join(dir, "control.sock"), allow: filepath.Join(dir, "allow.yaml")}
	s.up = matterporttest.NewServer(t, matterporttest.Config{
		ClientSecret: "a-client-secret-to-be-kept", Models: []matterporttest.Model{{ID: office, Name: "Head office"}, {ID: warehouse, Name: "Warehouse"}},
	})
	s.secrets = []string{"a-client-secret-to-be-kept", sdkKey, proxySays, hookSays}
	s.write(t, "allow.yaml", rules)
	s.write(t, "client-secret", "a-client-secret-to-be-kept\n")
	s.write(t, "sdk-key", sdkKey+"\n")
	s.write(t, "proxy-secret", proxySays+"\n")
	s.write(t, "hook-secret", hookSays+"\n")
	s.write(t, "pme.yaml", `addr: 127.0.0.1:0
matterport:
  client_id: demo-client
  client_secret_file: client-secret
  sdk_key_file: sdk-key
  api_url: `+s.up.URL+`
  showcase_url: `+s.up.URL+`
login:
  headers:
    proxies: [127.0.0.1/32]
    user: X-Forwarded-User
    groups: X-Forwarded-Groups
    secret_header: X-Proxy-Secret
    secret_file: proxy-secret
access:
  file: allow.yaml
`+strings.Join(added, ""))
	return s
}

func (s *site) control() string { return "control:\n  socket: " + s.socket + "\n" }

func (s *site) write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(s.dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// add adds lines to the configuration.
func (s *site) add(t *testing.T, text string) {
	t.Helper()
	old, err := os.ReadFile(s.config)
	if err != nil {
		t.Fatal(err)
	}
	s.write(t, "pme.yaml", string(old)+text)
}

// An outcome is what a command has said.
type outcome struct {
	code     int
	out, err string
}

// run runs a command with the configuration of the site, and sees that it prints no secret.
func (s *site) run(t *testing.T, args ...string) outcome {
	t.Helper()
	o := run(t, map[string]string{"PME_CONFIG": s.config}, args...)
	for _, secret := range s.secrets {
		if strings.Contains(o.out+o.err, secret) {
			t.Errorf("pme %s prints the secret %s", strings.Join(args, " "), secret)
		}
	}
	o.out, o.err = s.plain(o.out), s.plain(o.err)
	return o
}

func run(t *testing.T, env map[string]string, args ...string) outcome {
	t.Helper()
	var out, err bytes.Buffer
	look := func(name string) (string, bool) { v, ok := env[name]; return v, ok }
	code := commands.Run(t.Context(), args, commands.System{Env: look, Stdin: strings.NewReader(""), Stdout: &out, Stderr: &err})
	return outcome{code, out.String(), err.String()}
}

var changing = []struct {
	find *regexp.Regexp
	put  string
}{
	{regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z`), "TIME"},
	{regexp.MustCompile(`127\.0\.0\.1:\d{2,}`), "127.0.0.1:PORT"},
	{regexp.MustCompile(`process \d+`), "process PID"},
	{regexp.MustCompile(`"pid": \d+`), `"pid": 0`},
	{regexp.MustCompile(`\b[0-9a-f]{8}\b`), "FINGER08"},
	{regexp.MustCompile(`\b[0-9A-Z]{26}\b`), "CHAIN"},
	{regexp.MustCompile(`pme [^\s"]+, go[^\s"]+, [^\s"]+`), "pme VERSION, GO, SYSTEM"},
	{regexp.MustCompile(`pme (unknown|v\S+|\(devel\)), runs`), "pme VERSION, runs"},
}

// plain puts words in the place of what differs from run to run.
func (s *site) plain(text string) string {
	text = strings.ReplaceAll(text, s.dir, "DIR")
	for _, c := range changing {
		text = c.find.ReplaceAllString(text, c.put)
	}
	return text
}

// A server is a pme serve that runs.
type server struct {
	url  string
	log  *buffer
	stop func() // and wait
}

// serve runs pme serve until the test ends.
func (s *site) serve(t *testing.T) *server {
	t.Helper()
	out, log := new(buffer), new(buffer)
	out.wants("listening on ")
	ctx, stop := context.WithCancel(context.Background())
	env := map[string]string{"PME_CONFIG": s.config}
	var running sync.WaitGroup
	running.Go(func() {
		code := commands.Run(ctx, []string{"serve"}, commands.System{
			Env: func(name string) (string, bool) { v, ok := env[name]; return v, ok }, Stdin: strings.NewReader(""), Stdout: out, Stderr: log,
		})
		if code != 0 {
			t.Errorf("pme serve: %d\n%s", code, log)
		}
		out.end()
	})
	end := func() {
		stop()
		running.Wait()
	}
	t.Cleanup(func() {
		end()
		for _, secret := range s.secrets {
			if strings.Contains(log.String(), secret) {
				t.Errorf("the log has the secret %s", secret)
			}
		}
	})
	<-out.seen
	_, at, ok := strings.Cut(out.String(), "listening on ")
	if !ok {
		t.Fatalf("pme serve does not begin: %s", log)
	}
	return &server{url: "http://" + strings.TrimSpace(at), log: log, stop: end}
}

// buffer is an output that tells when it has some words.
type buffer struct {
	mu    sync.Mutex
	text  bytes.Buffer
	words string
	seen  chan struct{}
	once  sync.Once
}

func (b *buffer) wants(words string) { b.words, b.seen = words, make(chan struct{}) }

func (b *buffer) end() { b.once.Do(func() { close(b.seen) }) }

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	n, err := b.text.Write(p)
	if b.words != "" && strings.Contains(b.text.String(), b.words) {
		b.end()
	}
	return n, err
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}
