package handler_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/go-pme/pme"
	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/logtest"
	"github.com/go-pme/pme/matterport/matterporttest"
	"github.com/go-pme/pme/middleware"
	"github.com/go-pme/pme/pages"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	warehouse = "yyHDFKzPzvN"
	showroom  = "JGPnGQ6hosj"
	gone      = "GoneGoneGon"

	clientSecret = "client-secret-of-this-test"
)

// portal is an application with pme in it, and Matterport behind it. A request's Person header says
// who is signed in.
type portal struct {
	*pme.Handler
	matterport *matterporttest.Running
	log        *logtest.Buffer
	seen       *bytes.Buffer // every answer's header and body
	bearers    sync.Map      // application tokens that were sent to Matterport
}

// RoundTrip takes down the application tokens on their way to Matterport.
func (p *portal) RoundTrip(r *http.Request) (*http.Response, error) {
	if bearer, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		p.bearers.Store(bearer, true)
	}
	return p.matterport.Client().Transport.RoundTrip(r)
}

func newPortal(t *testing.T, change func(*pme.Config)) *portal {
	t.Helper()
	p := &portal{
		matterport: matterporttest.NewServer(t, matterporttest.Config{
			ClientID: "client-id", ClientSecret: clientSecret, Models: []matterporttest.Model{
				{ID: office, Name: "Head office"}, {ID: warehouse, Name: "Warehouse <b>"}, {ID: showroom, Name: "Showroom"},
			},
		}),
		log:  new(logtest.Buffer),
		seen: new(bytes.Buffer),
	}
	gate, err := middleware.New(middleware.Func(func(r *http.Request) (identity.User, error) {
		return identity.User{ID: r.Header.Get("Person")}, nil
	}), middleware.Config{LoginURL: "/login"})
	if err != nil {
		t.Fatal(err)
	}
	cfg := pme.Config{
		ClientID: "client-id", ClientSecret: clientSecret, APIURL: p.matterport.URL,
		Authenticate: gate,
		Access: access.List{
			{Users: []string{"alice"}, Models: []string{office, warehouse}, Names: map[string]string{office: "HQ & more"}},
			{Users: []string{"bob"}, Models: []string{showroom, gone}},
			{Users: []string{"root"}, Models: []string{"*"}},
		},
		Pages:      pages.Config{ShowcaseURL: p.matterport.URL},
		HTTPClient: &http.Client{Transport: p},
		Logger:     slog.New(slog.NewJSONHandler(p.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	if change != nil {
		change(&cfg)
	}
	h, err := pme.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	p.Handler = h
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
		p.wantNoSecrets(t)
	})
	return p
}

// answer is what came back, and whatever of a JSON body a test may want to know.
type answer struct {
	*httptest.ResponseRecorder

	AccessToken string `json:"access_token"`
	TokenType   string `json:"token_type"`
	ExpiresIn   any    `json:"expires_in"`
	Link        string `json:"link"`
	ValidUntil  string `json:"valid_until"`
	Error       string `json:"error"`
	Description string `json:"error_description"`
	LoginURL    string `json:"login_url"`
	Revoked     int    `json:"revoked"`
	Models      []struct{ ID, Name, Thumbnail string }
	Partial     bool
}

func (p *portal) do(t *testing.T, method, person, target string, header ...string) answer {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, "/pme/"+target, nil)
	if person != "" {
		r.Header.Set("Person", person)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	a := answer{ResponseRecorder: httptest.NewRecorder()}
	http.StripPrefix("/pme", p).ServeHTTP(a, r)
	_ = a.Header().Write(p.seen)
	p.seen.Write(a.Body.Bytes())
	if strings.HasPrefix(a.Header().Get("Content-Type"), "application/json") {
		d := json.NewDecoder(bytes.NewReader(a.Body.Bytes()))
		if err := d.Decode(&a); err != nil {
			t.Errorf("%s %s: %v in %q", method, target, err, a.Body)
		}
		if _, err := d.Token(); err != io.EOF {
			t.Errorf("%s %s: more than one JSON value in %q", method, target, a.Body)
		}
		if a.Header().Get("Cache-Control") != "no-store" || a.Header().Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s %s: header %v", method, target, a.Header())
		}
	}
	return a
}

func (p *portal) get(t *testing.T, person, target string, header ...string) answer {
	t.Helper()
	return p.do(t, http.MethodGet, person, target, header...)
}

func (a answer) want(t *testing.T, status int, code string) {
	t.Helper()
	if a.Code != status || a.Error != code || (code == "") == (a.Description != "") {
		t.Errorf("%d %q %q, want %d %q", a.Code, a.Error, a.Description, status, code)
	}
	retry := a.Header().Get("Retry-After") != ""
	if want := code == "temporarily_unavailable"; retry != want {
		t.Errorf("%d %s: Retry-After %q", a.Code, code, a.Header().Get("Retry-After"))
	}
}

// Promise 5, at the end of every test: no secret in the log, and only minted tokens in an answer.
func (p *portal) wantNoSecrets(t *testing.T) {
	t.Helper()
	log := p.log.String()
	for _, token := range p.matterport.LiveTokens() {
		if strings.Contains(log, token.Value) {
			t.Errorf("a token is in the log:\n%s", log)
		}
	}
	secrets := []string{clientSecret}
	p.bearers.Range(func(bearer, _ any) bool { secrets = append(secrets, bearer.(string)); return true })
	for what, text := range map[string]string{"log": log, "answers": p.seen.String()} {
		for _, secret := range secrets {
			if strings.Contains(text, secret) {
				t.Errorf("the client secret or an application token is in the %s", what)
			}
		}
	}
}
