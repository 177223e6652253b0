// Package mistakes_test makes the mistakes that people are likely to make with pme, and looks whether the message
// that each ends in says what is wrong and what to do.
package mistakes_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gorilla/sessions"

	"github.com/go-pme/pme"
	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/logtest"
	"github.com/go-pme/pme/matterport/matterporttest"
	"github.com/go-pme/pme/middleware"
)

const office = "SxQL3iGyoDo"

// A portal is a newcomer's application. What is wrong with it, a test says.
type portal struct {
	cfg      pme.Config
	session  middleware.SessionConfig
	store    *sessions.CookieStore
	emulator *matterporttest.Running
	log      *logtest.Buffer
}

// newPortal returns the parts of an application in which nothing is wrong yet.
func newPortal(t *testing.T) *portal {
	t.Helper()
	p := &portal{
		store:    sessions.NewCookieStore([]byte("0123456789abcdef0123456789abcdef")),
		emulator: matterporttest.NewServer(t, matterporttest.Config{}),
		log:      new(logtest.Buffer),
	}
	p.store.Options.Secure, p.store.Options.SameSite = false, http.SameSiteLaxMode
	cfg, err := pme.ConfigFromEnv(p.emulator.LookupEnv)
	if err != nil {
		t.Fatal(err)
	}
	p.cfg = cfg
	p.cfg.HTTPClient = p.emulator.Client()
	p.cfg.Access = access.List{{Users: []string{"alice"}, Models: []string{"*"}}}
	p.cfg.Logger = slog.New(slog.NewTextHandler(p.log, nil)) // at the level that is the default
	p.session = middleware.SessionConfig{Store: p.store, Name: "intranet", UserKey: "user", Logger: p.cfg.Logger}
	return p
}

// handler makes the Handler.
func (p *portal) handler(t *testing.T) *pme.Handler {
	t.Helper()
	gate, err := middleware.NewSession(p.session)
	if err != nil {
		t.Fatal(err)
	}
	p.cfg.Authenticate = gate
	h, err := pme.New(p.cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	})
	return h
}

// site serves the application, with pme mounted as it should be.
func (p *portal) site(t *testing.T) *httptest.Server {
	t.Helper()
	mux := http.NewServeMux()
	p.handler(t).Mount(mux, "/pme")
	mux.HandleFunc("/login", p.login)
	return p.serve(t, mux)
}

// login signs in the user that the query names, and leads back.
func (p *portal) login(w http.ResponseWriter, r *http.Request) {
	session, _ := p.store.New(r, "intranet")
	session.Values["user"] = r.FormValue("user")
	if session.Values["user"] == "" {
		return // the form
	}
	if err := session.Save(r, w); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	back, _ := middleware.LocalPath(r.FormValue("next"))
	http.Redirect(w, r, back, http.StatusSeeOther)
}

func (p *portal) serve(t *testing.T, h http.Handler) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(h)
	server.Config.ErrorLog = slog.NewLogLogger(slog.NewTextHandler(p.log, nil), slog.LevelError) // as without a setting of its own
	server.Start()
	t.Cleanup(server.Close)
	return server
}

// A browser follows redirects and has cookies.
func browser(t *testing.T, site *httptest.Server) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar, Transport: site.Client().Transport}
}

// open opens an address as a person does, and returns the status and the page.
func open(t *testing.T, client *http.Client, address string) (int, string) {
	t.Helper()
	return get(t, client, address, "text/html")
}

func get(t *testing.T, client *http.Client, address, accept string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", accept)
	res, err := client.Do(r)
	if err != nil {
		return 0, err.Error()
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

// want fails unless a message has all of these words.
func want(t *testing.T, message string, words ...string) {
	t.Helper()
	for _, word := range words {
		if !strings.Contains(message, word) {
			t.Errorf("no %q in:\n%s", word, message)
		}
	}
}

// configured returns the error of an application that is configured wrongly.
func configured(t *testing.T, change func(*pme.Config)) string {
	t.Helper()
	cfg := newPortal(t).cfg
	gate, err := middleware.New(middleware.Func(func(*http.Request) (identity.User, error) { return identity.User{}, nil }), middleware.Config{})
	if err != nil {
		t.Fatal(err)
	}
	cfg.Authenticate = gate
	change(&cfg)
	h, err := pme.New(cfg)
	if err == nil {
		_ = h.Close()
		t.Fatal("the mistake is no error")
	}
	return err.Error()
}
