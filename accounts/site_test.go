package handler_test

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

	"github.com/go-pme/pme/connect"
	"github.com/go-pme/pme/handler"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/matterport"
	"github.com/go-pme/pme/matterport/matterporttest"
	"github.com/go-pme/pme/middleware"
)

// connectSite is a site where people connect accounts, with Matterport behind it. It keeps every answer and
// every secret, and looks at the end where they have got to.
type connectSite struct {
	*handler.Connect
	connections *connect.Connections
	matterport  *matterporttest.Running
	url         string // where it is mounted
	log         *lockedBuffer
	seen        *lockedBuffer // every answer's header and body, but for the tokens that browsers may have
	secrets     sync.Map
	ahead       atomic.Int64 // how far the site's clock has been moved
}

type siteConfig struct {
	emulator matterporttest.Config
	app      matterport.OAuthConfig
	connect  connect.Config
	handler  handler.ConnectConfig
}

func newConnectSite(t *testing.T, change func(*siteConfig)) *connectSite {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	s := &connectSite{url: "http://" + server.Listener.Addr().String() + "/pme/connect", log: new(lockedBuffer), seen: new(lockedBuffer)}
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
		handler: handler.ConnectConfig{Logger: logger, Now: now},
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
	cfg.handler.Connections, cfg.handler.Player.ShowcaseURL = s.connections, s.matterport.URL
	if s.Connect, err = handler.NewConnect(cfg.handler); err != nil {
		t.Fatal(err)
	}
	gate := middleware.Func(func(r *http.Request) (identity.User, error) {
		return identity.User{ID: r.Header.Get("Person"), Session: r.Header.Get("Sign-In")}, nil
	})
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
func (s *connectSite) RoundTrip(r *http.Request) (*http.Response, error) {
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

func (s *connectSite) note(value, what string) {
	if value != "" {
		s.secrets.Store(value, what)
	}
}

func (s *connectSite) wantNoSecrets(t *testing.T) {
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
