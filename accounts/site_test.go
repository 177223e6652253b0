package accounts_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/go-pme/pme/accounts"
	"github.com/go-pme/pme/connect"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/logtest"
	"github.com/go-pme/pme/matterport"
	"github.com/go-pme/pme/matterport/matterporttest"
	"github.com/go-pme/pme/middleware"
	"github.com/go-pme/pme/pages"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	office = "SxQL3iGyoDo"
	app    = "https://app.example.com"
)

// site is a site where people connect accounts, with Matterport behind it. It keeps every answer and
// every secret, and looks at the end where they have got to.
type site struct {
	*accounts.Handler
	connections *connect.Connections
	matterport  *matterporttest.Running
	url         string // where it is mounted
	log         *logtest.Buffer
	seen        *logtest.Buffer // every answer's header and body, but for the tokens that browsers may have
	secrets     sync.Map
	ahead       atomic.Int64 // how far the site's clock has been moved
}

type siteConfig struct {
	emulator matterporttest.Config
	app      matterport.OAuthConfig
	connect  connect.Config
	accounts accounts.Config
	pages    pages.Config
}

func newSite(t *testing.T, change func(*siteConfig)) *site {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	s := &site{url: "http://" + server.Listener.Addr().String() + "/pme/connect", log: new(logtest.Buffer), seen: new(logtest.Buffer)}
	logger := slog.New(slog.NewJSONHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	now := func() time.Time { return time.Now().Add(time.Duration(s.ahead.Load())) }
	cfg := siteConfig{
		emulator: matterporttest.Config{OAuth: matterporttest.OAuthApp{Production: true}},
		app: matterport.OAuthConfig{
			ClientID: matterporttest.DefaultOAuthClientID, ClientSecret: matterporttest.DefaultOAuthClientSecret,
			RedirectURL: s.url + "/callback", Scopes: []matterport.Scope{matterport.ScopeViewDetails, matterport.ScopePurchaseAssets},
			Logger: logger, Now: now,
		},
		connect: connect.Config{Store: connect.NewMemory(), Logger: logger, Now: now},
		pages:   pages.Config{Logger: logger},
	}
	if change != nil {
		change(&cfg)
	}
	s.matterport = matterporttest.NewServer(t, cfg.emulator)
	cfg.app.BaseURL, cfg.app.HTTPClient = s.matterport.URL, &http.Client{Transport: s}
	cfg.app.AuthorizeURL, cfg.app.SelectorURL = s.matterport.URL+"/oauth/authorize", s.matterport.URL+"/model-select"
	app, err := matterport.NewOAuthApp(cfg.app)
	if err != nil {
		t.Fatal(err)
	}
	cfg.connect.App = app
	if s.connections, err = connect.New(cfg.connect); err != nil {
		t.Fatal(err)
	}
	cfg.pages.ShowcaseURL = s.matterport.URL
	if cfg.accounts.Pages, err = pages.New(cfg.pages); err != nil {
		t.Fatal(err)
	}
	cfg.accounts.Connections = s.connections
	if s.Handler, err = accounts.New(cfg.accounts); err != nil {
		t.Fatal(err)
	}
	gate, err := middleware.New(middleware.Func(func(r *http.Request) (identity.User, error) {
		return identity.User{ID: r.Header.Get("Person"), Session: r.Header.Get("Sign-In")}, nil
	}), middleware.Config{LoginURL: "/login"})
	if err != nil {
		t.Fatal(err)
	}
	mounted := http.StripPrefix("/pme/connect", s.Behind(gate.Require))
	mux := http.NewServeMux()
	mux.Handle("/pme/connect", mounted)
	mux.Handle("/pme/connect/", mounted)
	server.Config.Handler = mux
	server.Start()
	t.Cleanup(func() {
		server.Close()
		if err := s.connections.Close(); err != nil {
			t.Error(err)
		}
		_ = app.Close()
		s.wantNoSecrets(t)
	})
	return s
}

// RoundTrip takes down every secret on its way to and from Matterport.
func (s *site) RoundTrip(r *http.Request) (*http.Response, error) {
	s.note(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "), "access token")
	isToken := strings.HasSuffix(r.URL.Path, "/oauth/token")
	if isToken {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		form, _ := url.ParseQuery(string(body))
		for _, name := range []string{"client_secret", "code", "code_verifier", "refresh_token"} {
			s.note(form.Get(name), name)
		}
	}
	response, err := s.matterport.Client().Transport.RoundTrip(r)
	if err != nil || !isToken {
		return response, err
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	_ = response.Body.Close()
	response.Body = io.NopCloser(bytes.NewReader(body))
	var answer map[string]any
	_ = json.Unmarshal(body, &answer)
	for _, name := range []string{"access_token", "refresh_token"} {
		value, _ := answer[name].(string)
		s.note(value, name)
	}
	return response, nil
}

func (s *site) note(value, what string) {
	if value != "" {
		s.secrets.Store(value, what)
	}
}

func (s *site) wantNoSecrets(t *testing.T) {
	t.Helper()
	log, seen := s.log.String(), s.seen.String()
	s.secrets.Range(func(value, what any) bool {
		if strings.Contains(log, value.(string)) {
			t.Errorf("a %s is in the log", what)
		}
		if strings.Contains(seen, value.(string)) {
			t.Errorf("a %s is in an answer", what)
		}
		return true
	})
}
