package middleware_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/gorilla/securecookie"
	"github.com/gorilla/sessions"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/middleware"
)

const sessionName = "intranet"

var (
	hashKey  = []byte("0123456789abcdef0123456789abcdef")
	blockKey = []byte("fedcba9876543210fedcba9876543210")
)

// host stands for the application around a gate: its session store and what it knows of its people.
type host struct {
	store *sessions.CookieStore
	asked atomic.Int64 // how often user ran
}

func newHost() *host { return &host{store: sessions.NewCookieStore(hashKey, blockKey)} }

// user is the host's function from session to person.
func (h *host) user(s *sessions.Session) (identity.User, error) {
	h.asked.Add(1)
	id, _ := s.Values["user"].(string)
	return identity.User{ID: id, Groups: []string{"facilities"}}, nil
}

// cookie signs the person in and returns the cookie that the browser gets.
func (h *host) cookie(tb testing.TB, userID string) *http.Cookie {
	tb.Helper()
	return signIn(tb, h.store, userID)
}

func signIn(tb testing.TB, store sessions.Store, userID string) *http.Cookie {
	tb.Helper()
	r := httptest.NewRequest(http.MethodPost, "/login", nil)
	s, err := store.New(r, sessionName)
	if err != nil {
		tb.Fatal(err)
	}
	s.Values["user"] = userID
	w := httptest.NewRecorder()
	if err := store.Save(r, w, s); err != nil {
		tb.Fatal(err)
	}
	return w.Result().Cookies()[0]
}

// encoded returns a cookie value signed with the store's first key, whatever is in it.
func (h *host) encoded(tb testing.TB, name string, value any) string {
	tb.Helper()
	s, err := securecookie.EncodeMulti(name, value, h.store.Codecs...)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// request is a script's GET that carries the cookie header.
func request(cookieHeader ...string) *http.Request {
	r := httptest.NewRequest(http.MethodGet, "/pme/token?modelId=SxQL3iGyoDo", nil)
	if len(cookieHeader) > 0 {
		r.Header["Cookie"] = cookieHeader
	}
	return r
}

// withCookie is a script's GET as a browser with that cookie sends it.
func withCookie(value string) *http.Request { return request(sessionName + "=" + value) }

// navigation turns r into what a browser sends when a person opens a page.
func navigation(r *http.Request) *http.Request {
	r.Header.Set("Sec-Fetch-Mode", "navigate")
	r.Header.Set("Sec-Fetch-Dest", "document")
	return r
}

// gate is a [middleware.Gate] or what is used like one.
type gate interface {
	Require(next http.Handler) http.Handler
}

var _ gate = (*middleware.Gate)(nil)

// visit sends r through the gate and returns the answer and who was let through, "" for nobody.
func visit(g gate, r *http.Request) (answer *httptest.ResponseRecorder, userID string) {
	w := httptest.NewRecorder()
	g.Require(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if u, ok := identity.FromContext(r.Context()); ok {
			userID = u.ID
		}
	})).ServeHTTP(w, r)
	return w, userID
}

func wantSignedIn(tb testing.TB, g gate, r *http.Request, want string) {
	tb.Helper()
	if w, got := visit(g, r); got != want || w.Code != http.StatusOK {
		tb.Errorf("let through %q with status %d, want %q", got, w.Code, want)
	}
}

func wantNobody(tb testing.TB, g gate, r *http.Request) {
	tb.Helper()
	w, got := visit(g, r)
	if got != "" || w.Code != http.StatusUnauthorized {
		tb.Errorf("let through %q with status %d, want nobody and 401", got, w.Code)
	}
}

// errorObject returns the JSON object of an error answer.
func errorObject(tb testing.TB, w *httptest.ResponseRecorder) map[string]string {
	tb.Helper()
	if ct := w.Header().Get("Content-Type"); ct != "application/json" {
		tb.Fatalf("Content-Type %q, body %q, want JSON", ct, w.Body)
	}
	var object map[string]string
	if err := json.NewDecoder(strings.NewReader(w.Body.String())).Decode(&object); err != nil {
		tb.Fatalf("body %q: %v", w.Body, err)
	}
	return object
}
