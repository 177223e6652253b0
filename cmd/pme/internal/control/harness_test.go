package control_test

import (
	"bytes"
	"context"
	"iter"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/go-pme/pme"
	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/audit"
	"github.com/go-pme/pme/cmd/pme/internal/control"
	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/matterport/matterporttest"
	"github.com/go-pme/pme/middleware"
)

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == asAnother {
		os.Exit(playRole(os.Args[2:]))
	}
	goleak.VerifyTestMain(m)
}

const (
	office    = "SxQL3iGyoDo"
	warehouse = "yyHDFKzPzvN"
	rules     = `rules:
  - users: [alice, bob]
    models: [SxQL3iGyoDo]
  - groups: [facilities]
    models: ["*"]
`
)

// A process is what the socket leads to.
type process struct {
	h      *pme.Handler
	policy *access.File
	trail  audit.Reader
	up     *matterporttest.Running
	events *events
	log    *buffer
	door   *door
	server *control.Server
	client *control.Client
	path   string
}

func (p *process) PME() *pme.Handler    { return p.h }
func (p *process) Policy() *access.File { return p.policy }
func (p *process) Trail() audit.Reader  { return p.trail }

// start starts a process whose users are those of the headers Person, Groups and Device. Before it answers, the server can be changed.
func start(t *testing.T, change ...func(*control.Server)) *process {
	t.Helper()
	p := &process{events: new(events), log: new(buffer), door: &door{Gate: gate(t)}}
	dir := own(t)
	file := filepath.Join(dir, "allow.yaml")
	must(t, os.WriteFile(file, []byte(rules), 0o600))
	log := slog.New(slog.NewTextHandler(p.log, nil))
	var err error
	p.policy, err = access.OpenFile(file, access.FileOptions{Logger: log})
	must(t, err)
	stream, err := event.New(event.Config{Logger: log, Listeners: []event.Listener{p.events}})
	must(t, err)
	p.up = matterporttest.NewServer(t, matterporttest.Config{Models: []matterporttest.Model{{ID: office, Name: "Head office"}, {ID: warehouse, Name: "Warehouse"}}})
	p.h, err = pme.New(pme.Config{
		ClientID: matterporttest.DefaultClientID, ClientSecret: matterporttest.DefaultClientSecret, APIURL: p.up.URL,
		HTTPClient: p.up.Client(), Authenticate: p.door, Access: p.policy, Events: stream, Logger: log,
	})
	must(t, err)
	p.path = filepath.Join(dir, "control.sock")
	p.server, err = control.Listen(p.path, control.Config{Target: p, Events: stream, Logger: log, Version: "v1.2.3"})
	must(t, err)
	for _, f := range change {
		f(p.server)
	}
	var serving sync.WaitGroup
	serving.Go(func() {
		if err := p.server.Serve(); err != nil {
			t.Error(err)
		}
	})
	p.client = control.Dial(p.path)
	t.Cleanup(func() {
		p.client.Close()
		must(t, p.server.Close())
		serving.Wait()
		must(t, p.h.Close())
		must(t, p.policy.Close())
		must(t, stream.Shutdown(context.Background()))
	})
	return p
}

// own returns a directory that this user alone can write to, whatever the umask is.
func own(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	must(t, os.Chmod(dir, 0o755))
	return dir
}

func gate(t *testing.T) *middleware.Gate {
	t.Helper()
	g, err := middleware.New(middleware.Func(func(r *http.Request) (identity.User, error) {
		u := identity.User{ID: r.Header.Get("Person"), Session: r.Header.Get("Device"), Name: "Ms " + r.Header.Get("Person")}
		if groups := r.Header.Get("Groups"); groups != "" {
			u.Groups = strings.Split(groups, ",")
		}
		return u, nil
	}), middleware.Config{LoginURL: "/login"})
	must(t, err)
	return g
}

// open has a person open a space, and returns the token.
func (p *process) open(t *testing.T, person, device, model string, groups ...string) string {
	t.Helper()
	before := p.up.LiveTokens()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/token?modelId="+model, nil)
	r.Header.Set("Person", person)
	r.Header.Set("Device", device)
	r.Header.Set("Groups", strings.Join(groups, ","))
	w := httptest.NewRecorder()
	p.h.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	for _, token := range p.up.LiveTokens() {
		if !slices.Contains(values(before), token.Value) {
			return token.Value
		}
	}
	t.Fatal("no token was minted")
	return ""
}

func values(tokens []matterporttest.Token) (all []string) {
	for _, t := range tokens {
		all = append(all, t.Value)
	}
	return all
}

// events keeps those that administrators and revocations make.
type events struct {
	mu  sync.Mutex
	all []event.Event
}

func (e *events) Listen(one event.Event) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.all = append(e.all, one)
}

// buffer is a log.
type buffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// A shelf is a trail.
type shelf struct {
	lines []string
	err   error
}

func (s shelf) Records(_ context.Context, _ audit.Query) iter.Seq2[audit.Record, error] {
	return func(yield func(audit.Record, error) bool) {
		for _, line := range s.lines {
			if !yield(audit.ParseLine(line)) {
				return
			}
		}
		if s.err != nil {
			yield(audit.Record{}, s.err)
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
