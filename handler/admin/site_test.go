package admin_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/go-pme/pme"
	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/handler/admin"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/issuer"
	"github.com/go-pme/pme/issuer/store"
	"github.com/go-pme/pme/matterport"
	"github.com/go-pme/pme/matterport/matterporttest"
	"github.com/go-pme/pme/middleware"
	"github.com/go-pme/pme/pages"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	office = "SxQL3iGyoDo"
	depot  = "yyHDFKzPzvN"
)

// A site is an application with administrators. Root signed in a minute ago, unless a test says otherwise.
type site struct {
	*admin.Admin
	pme   *pme.Handler
	store store.Store
	ended *ends
	cfg   admin.Config
	log   *buffer
	root  identity.User
}

// A buffer is a log that several goroutines write to.
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

// ends is a Revoker that can fail and panic.
type ends struct {
	*pme.Handler
	all   int
	err   error
	panic bool
}

func (e *ends) RevokeUser(ctx context.Context, user string) (issuer.Revocation, error) {
	if e.panic {
		panic("a revoker's secret")
	}
	out, err := e.Handler.RevokeUser(ctx, user)
	return out, errors.Join(err, e.err)
}

func (e *ends) RevokeAll(context.Context) (issuer.Revocation, error) {
	e.all++
	return issuer.Revocation{Tokens: 7, Pending: 2}, e.err
}

func newSite(t testing.TB, change func(*admin.Config)) *site {
	t.Helper()
	up := matterporttest.NewServer(t, matterporttest.Config{Models: []matterporttest.Model{{ID: office, Name: "Head office"}, {ID: depot, Name: "Depot"}}})
	s := &site{store: issuer.NewMemory(issuer.MemoryConfig{}), log: new(buffer), root: identity.User{ID: "root", Session: "root-session", AuthenticatedAt: time.Now().Add(-time.Minute)}}
	logger := slog.New(slog.NewJSONHandler(s.log, nil))
	stream, err := event.New(event.Config{Logger: logger})
	if err != nil {
		t.Fatal(err)
	}
	gate, err := middleware.New(middleware.Func(func(*http.Request) (identity.User, error) { return s.root, nil }), middleware.Config{LoginURL: "/login", Logger: logger})
	if err != nil {
		t.Fatal(err)
	}
	list := access.List{{Groups: []string{"staff"}, Models: []string{office}}, {Users: []string{"alice"}, Models: []string{depot}}}
	s.pme, err = pme.New(pme.Config{
		ClientID: matterporttest.DefaultClientID, ClientSecret: matterporttest.DefaultClientSecret, APIURL: up.URL, HTTPClient: up.Client(),
		Authenticate: gate, Access: list, Store: s.store, Events: stream, Logger: logger,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.pme.Close() })
	policy, err := list.Policy()
	if err != nil {
		t.Fatal(err)
	}
	look, err := pages.New(pages.Config{})
	if err != nil {
		t.Fatal(err)
	}
	s.ended = &ends{Handler: s.pme}
	cfg := admin.Config{
		Options: admin.Options{Allow: admin.Users("root")},
		Issuer:  s.pme.Issuer(), Catalog: s.pme.Catalog(), Policy: policy, Pages: look, Revoker: s.ended, Health: s.pme.Health(),
		LoginAgain: gate.LoginAgainURL, Events: stream, Logger: logger,
	}
	if change != nil {
		change(&cfg)
	}
	s.cfg = cfg
	s.Admin, err = admin.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// hold puts a live token of a user into the store, and returns it.
func (s *site) hold(t testing.TB, u identity.User, models string) string {
	t.Helper()
	key := store.Key{User: u.ID, Session: u.Session, Models: models}
	claim, err := s.store.Claim(t.Context(), key, s.store.Mark(), time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	token := fmt.Sprintf("secret-token-of-%x-%s", u.ID+u.Session, models)
	e := &store.Entry{Key: key, Token: matterport.Secret(token), Link: "secret-link", ValidUntil: time.Now().Add(time.Hour), User: &u}
	if err := s.store.Put(t.Context(), claim, e, time.Hour); err != nil {
		t.Fatal(err)
	}
	return token
}

// people sign in: alice twice, and bob.
func (s *site) people(t testing.TB) {
	t.Helper()
	s.hold(t, identity.User{ID: "alice", Session: "secret-phone", Name: "Alice A.", Email: "alice@example.com", EmailVerified: true, Groups: []string{"staff"}}, office)
	s.hold(t, identity.User{ID: "alice", Session: "secret-desk", Name: "Alice A.", Groups: []string{"staff"}}, depot+","+office)
	s.hold(t, identity.User{ID: "bob", Name: "Bob"}, office)
}

// A visit is a request as a browser, or a program, sends it.
type visit struct {
	method, target string
	fields         url.Values
	header         map[string]string
	user           *identity.User // nil: root
	signedOut      bool
}

func (s *site) visit(t testing.TB, v visit) *httptest.ResponseRecorder {
	t.Helper()
	if v.method == "" {
		v.method = http.MethodGet
	}
	r := httptest.NewRequestWithContext(t.Context(), v.method, "/admin"+v.target, strings.NewReader(v.fields.Encode()))
	if v.fields != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for name, value := range v.header {
		r.Header.Set(name, value)
	}
	u := v.user
	if u == nil {
		u = &s.root
	}
	if !v.signedOut {
		r = r.WithContext(identity.NewContext(r.Context(), u))
	}
	w := httptest.NewRecorder()
	http.StripPrefix("/admin", s).ServeHTTP(w, r)
	return w
}

var browser = map[string]string{"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document", "Sec-Fetch-Site": "same-origin", "Accept": "text/html"}

// page opens a page in a browser.
func (s *site) page(t testing.TB, target string) string {
	t.Helper()
	w := s.visit(t, visit{target: target, header: browser})
	if w.Code != http.StatusOK || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
		t.Fatalf("%s: %d %v %s", target, w.Code, w.Header(), w.Body)
	}
	return w.Body.String()
}

// post sends a form, and returns the answer in JSON.
func (s *site) post(t testing.TB, target string, fields url.Values) *httptest.ResponseRecorder {
	t.Helper()
	return s.visit(t, visit{method: http.MethodPost, target: target, fields: fields})
}

// read decodes an answer in JSON.
func read[T any](t testing.TB, w *httptest.ResponseRecorder) (v T) {
	t.Helper()
	if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil {
		t.Fatalf("%d %s: %v", w.Code, w.Body, err)
	}
	return v
}

// left counts the live tokens.
func (s *site) left(t testing.TB) (n int) {
	t.Helper()
	for _, err := range s.store.Entries(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	return n
}

// wantLogged fails unless one record of the log has all the texts.
func (s *site) wantLogged(t testing.TB, texts ...string) {
	t.Helper()
	for line := range strings.Lines(s.log.String()) {
		all := true
		for _, text := range texts {
			all = all && strings.Contains(line, text)
		}
		if all {
			return
		}
	}
	t.Errorf("no record has %q in\n%s", texts, s.log)
}
