package pme_test

import (
	"context"
	"errors"
	"html/template"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/sessions"

	"github.com/go-pme/pme"
	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/connect"
	"github.com/go-pme/pme/connect/store"
	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/logtest"
	"github.com/go-pme/pme/matterport"
	"github.com/go-pme/pme/matterport/matterporttest"
	"github.com/go-pme/pme/middleware"
	"github.com/go-pme/pme/middleware/bearer"
	"github.com/go-pme/pme/middleware/oidclogin"
	"github.com/go-pme/pme/pages"
)

var errDown = errors.New("is down")

// down is a network and a session store that fail.
type down struct{}

func (down) RoundTrip(*http.Request) (*http.Response, error) { return nil, errDown }

func (down) Get(*http.Request, string) (*sessions.Session, error) { return nil, errDown }

func (down) New(*http.Request, string) (*sessions.Session, error) { return nil, errDown }

func (down) Save(*http.Request, http.ResponseWriter, *sessions.Session) error { return errDown }

// downStore is a store of connections that fails.
type downStore struct{ store.Store }

func (downStore) List(context.Context, string) ([]*store.Record, error) { return nil, errDown }

// spoken are rooms without a logger in their configuration, and what each writes to the default one.
var spoken = map[string]struct {
	do   func(t *testing.T)
	want string
}{
	"middleware.New": {func(t *testing.T) {
		g, err := middleware.New(middleware.Func(func(*http.Request) (identity.User, error) { return identity.User{}, errDown }), middleware.Config{})
		visit(t, g, err)
	}, "request refused"},
	"middleware.NewSession": {func(t *testing.T) {
		g, err := middleware.NewSession(middleware.SessionConfig{Store: down{}, Name: "intranet", User: func(*sessions.Session) (identity.User, error) { return identity.User{}, nil }})
		visit(t, g, err)
	}, "the session store does not answer"},
	"middleware.NewTrustedHeader": {func(t *testing.T) {
		g, err := middleware.NewTrustedHeader(middleware.TrustedHeaderConfig{Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.5/32")}, User: "X-User"})
		visit(t, g, err)
	}, "headers of the proxy came from another address"},
	"bearer.New": {func(t *testing.T) {
		g, err := bearer.New(bearer.Config{Issuer: "https://id.example", Audience: "spa", HTTPClient: &http.Client{Transport: down{}}})
		visit(t, g, err)
	}, "cannot fetch the keys of the identity provider"},
	"oidclogin.New": {func(t *testing.T) {
		l, err := oidclogin.New(oidclogin.Config{
			Issuer: "https://id.example", ClientID: "id", RedirectURL: "https://a.example/auth/callback", HTTPClient: &http.Client{Transport: down{}},
			CookieKeys: [][]byte{[]byte(strings.Repeat("a", 32)), []byte(strings.Repeat("b", 32))},
		})
		if err != nil {
			t.Fatal(err)
		}
		l.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/auth/login", nil))
		_ = l.Close()
	}, "identity provider cannot be reached"},
	"matterport.New": {func(t *testing.T) {
		c, err := matterport.New(matterport.Config{ClientID: "id", ClientSecret: "s", HTTPClient: &http.Client{Transport: down{}}, MaxAttempts: 1})
		if err != nil {
			t.Fatal(err)
		}
		_, _ = c.Models(t.Context(), matterport.ModelQuery{})
		_ = c.Close()
	}, "matterport call failed"},
	"pme.New, token": {func(t *testing.T) {
		h, _ := newHandler(t, func(c *pme.Config) { c.HTTPClient = &http.Client{Transport: down{}} })
		ask(t, h, "alice", "")
	}, "token withheld"},
	"pme.New, gallery": {func(t *testing.T) {
		h, _ := newHandler(t, func(c *pme.Config) { c.HTTPClient = &http.Client{Transport: down{}} })
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		r.Header.Set("Person", "alice")
		h.ServeHTTP(httptest.NewRecorder(), r)
	}, "models not listed"},
	"pages.New": {func(t *testing.T) {
		h, _ := newHandler(t, func(c *pme.Config) {
			c.Pages = pages.Config{Templates: template.Must(template.New("gallery.html").Funcs(template.FuncMap{
				"fail": func() (string, error) { return "", errDown },
			}).Parse("{{fail}}"))}
		})
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		r.Header.Set("Person", "alice")
		h.ServeHTTP(httptest.NewRecorder(), r)
	}, "page not rendered"},
	"connect.New": {func(t *testing.T) {
		up := matterporttest.NewServer(t, matterporttest.Config{})
		app, err := matterport.NewOAuthApp(matterport.OAuthConfig{
			ClientID: "id", ClientSecret: "s", RedirectURL: "http://127.0.0.1/callback", Scopes: []matterport.Scope{matterport.ScopeViewDetails}, BaseURL: up.URL,
		})
		if err != nil {
			t.Fatal(err)
		}
		c, err := connect.New(connect.Config{App: app, Store: downStore{}})
		if err != nil {
			t.Fatal(err)
		}
		_, _ = c.List(t.Context(), &identity.User{ID: "alice"})
		_, _ = c.Close(), app.Close()
	}, "is down"},
	"event.New": {func(t *testing.T) {
		s, err := event.New(event.Config{})
		if err != nil {
			t.Fatal(err)
		}
		s.Emit(t.Context(), event.Event{Kind: event.SignedIn, User: "alice"})
	}, "signed in"},
	"access.OpenFile": {func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "allow.yaml")
		write := func(text string) {
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		write("rules: []\n")
		synctest.Test(t, func(t *testing.T) {
			f, err := access.OpenFile(file, access.FileOptions{})
			if err != nil {
				t.Fatal(err)
			}
			write("rules: [\n")
			time.Sleep(time.Minute)
			_ = f.Close()
		})
	}, "allow-list is unusable"},
}

func visit(t *testing.T, g *middleware.Gate, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
	r.Header.Set("X-User", "alice")
	r.Header.Set("Authorization", "Bearer eyJhbGciOiJSUzI1NiIsImtpZCI6ImEifQ.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUifQ.AAAA")
	g.Require(http.NotFoundHandler()).ServeHTTP(httptest.NewRecorder(), r)
	if err := g.Close(); err != nil {
		t.Error(err)
	}
}

func TestEveryRoomWritesToTheDefaultLogger(t *testing.T) {
	for room, test := range spoken {
		t.Run(room, func(t *testing.T) {
			var log logtest.Buffer
			before := slog.Default()                                                                           //nolint:forbidigo // what this test is about
			slog.SetDefault(slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))) //nolint:forbidigo // what this test is about
			defer slog.SetDefault(before)                                                                      //nolint:forbidigo // what this test is about
			test.do(t)
			if got := log.String(); !strings.Contains(got, test.want) {
				t.Errorf("%q is not in the log:\n%s", test.want, got)
			}
		})
	}
}
