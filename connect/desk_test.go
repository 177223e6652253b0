package connect_test

import (
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-pme/pme/connect"
	"github.com/go-pme/pme/connect/store"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/logtest"
	"github.com/go-pme/pme/matterport"
	"github.com/go-pme/pme/matterport/matterporttest"
)

var (
	alice = &identity.User{ID: "alice"}
	bob   = &identity.User{ID: "bob"}
)

// The accounts at Matterport that have spaces.
const (
	harbour = "harbour"
	gallery = "gallery"
)

// desk is a whole arrangement: Matterport, an application, and the connections to it. In a synctest bubble
// all of it runs on the bubble's time.
type desk struct {
	*connect.Connections
	matterport *matterporttest.Server
	app        *matterport.OAuthApp
	store      store.Store
	log        *journal
	made       setup
}

// setup changes what a desk is made of.
type setup struct {
	emulator matterporttest.Config
	app      matterport.OAuthConfig
	connect  connect.Config
}

func newDesk(t *testing.T, changes ...func(*setup)) *desk {
	t.Helper()
	log := new(journal)
	logger := slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	s := setup{
		emulator: matterporttest.Config{OAuth: matterporttest.OAuthApp{Production: true}},
		app: matterport.OAuthConfig{
			ClientID: matterporttest.DefaultOAuthClientID, ClientSecret: matterporttest.DefaultOAuthClientSecret,
			RedirectURL: "https://portal.example.com/connect/callback",
			Scopes:      []matterport.Scope{matterport.ScopeViewDetails},
			BaseURL:     "http://127.0.0.1", AuthorizeURL: "http://127.0.0.1/oauth/authorize",
			Logger: logger,
		},
		connect: connect.Config{Store: connect.NewMemory(), Logger: logger},
	}
	for _, change := range changes {
		change(&s)
	}
	emulator := matterporttest.New(s.emulator)
	s.app.HTTPClient = &http.Client{Transport: wire{emulator}}
	app, err := matterport.NewOAuthApp(s.app)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = app.Close() })
	s.connect.App = app
	d := &desk{matterport: emulator, app: app, store: s.connect.Store, log: log, made: s}
	d.Connections = open(t, s.connect)
	return d
}

func open(t *testing.T, cfg connect.Config) *connect.Connections {
	t.Helper()
	c, err := connect.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// replica returns further connections on the same store.
func (d *desk) replica(t *testing.T) *connect.Connections {
	t.Helper()
	return open(t, connect.Config{App: d.app, Store: d.store})
}

// restart returns the connections of a process that has just started on the same store, with a clock of its
// own that is off.
func (d *desk) restart(t *testing.T, off time.Duration) *connect.Connections {
	t.Helper()
	cfg := d.made.app
	cfg.Now = func() time.Time { return time.Now().Add(off) }
	app, err := matterport.NewOAuthApp(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = app.Close() })
	return open(t, connect.Config{App: app, Store: d.store, Logger: d.made.connect.Logger, Now: cfg.Now})
}

func begin(t *testing.T, c *connect.Connections, u *identity.User, w connect.Request) *connect.Attempt {
	t.Helper()
	a, err := c.Begin(t.Context(), u, w)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// agree lets the owner of an account agree, and returns what comes back with the browser.
func (d *desk) agree(t *testing.T, a *connect.Attempt, account string) connect.Callback {
	t.Helper()
	back, err := d.matterport.Allow(a.AuthorizeURL, account)
	if err != nil {
		t.Fatal(err)
	}
	return read(t, back)
}

func read(t *testing.T, callback string) connect.Callback {
	t.Helper()
	u, err := url.Parse(callback)
	if err != nil {
		t.Fatal(err)
	}
	cb, ok := connect.ReadCallback(u.Query())
	if !ok {
		t.Fatalf("%s is no callback", callback)
	}
	return cb
}

// connect lets u connect an account.
func (d *desk) connect(t *testing.T, u *identity.User, account string) connect.Connection {
	t.Helper()
	return d.connectAs(t, u, account, connect.Request{})
}

func (d *desk) connectAs(t *testing.T, u *identity.User, account string, w connect.Request) connect.Connection {
	t.Helper()
	a := begin(t, d.Connections, u, w)
	connected, err := d.Finish(t.Context(), u, d.agree(t, a, account), string(a.Proof))
	if err != nil {
		t.Fatal(err)
	}
	return connected
}

func token(t *testing.T, c *connect.Connections, u *identity.User, id string) connect.Token {
	t.Helper()
	got, err := c.Token(t.Context(), u, id)
	if err != nil {
		t.Fatal(err)
	}
	if got.ExpiresIn <= 60 {
		t.Fatalf("a token with %d s left was given out", got.ExpiresIn)
	}
	return got
}

func wantErr(t *testing.T, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: %v, want %v", what, err, want)
	}
}

// wire carries requests to a handler in the same process, in the caller's goroutine: within a bubble there
// is no network.
type wire struct{ handler http.Handler }

func (w wire) RoundTrip(r *http.Request) (resp *http.Response, err error) {
	rec := httptest.NewRecorder()
	defer func() {
		if recover() != nil { // the emulator drops a connection by panicking
			resp, err = nil, io.ErrUnexpectedEOF
		}
	}()
	in := r.Clone(r.Context())
	in.RequestURI, in.Host, in.RemoteAddr = r.URL.RequestURI(), r.URL.Host, "127.0.0.1:1"
	w.handler.ServeHTTP(rec, in)
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	return rec.Result(), nil
}

// journal is the log of a desk.
type journal struct{ logtest.Buffer }

func (j *journal) has(t *testing.T, parts ...string) {
	t.Helper()
	for line := range strings.Lines(j.String()) {
		all := true
		for _, part := range parts {
			all = all && strings.Contains(line, part)
		}
		if all {
			return
		}
	}
	t.Errorf("no record has %q:\n%s", parts, j)
}
