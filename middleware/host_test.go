package middleware_test

import (
	"cmp"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/securecookie"
	"github.com/gorilla/sessions"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/gatetest"
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

// withCookie is a script's GET as a browser with that cookie sends it.
func withCookie(value string) *http.Request { return request(sessionName + "=" + value) }

// must returns the gate of a constructor that cannot fail in this test.
func must(g *middleware.Gate, err error) *middleware.Gate {
	if err != nil {
		panic(err)
	}
	return g
}

// session makes a gate of a store's sessions.
func session(
	store sessions.Store, user func(*sessions.Session) (identity.User, error), change ...func(*middleware.SessionConfig),
) *middleware.Gate {
	cfg := middleware.SessionConfig{Store: store, Name: sessionName, User: user}
	for _, f := range change {
		f(&cfg)
	}
	return must(middleware.NewSession(cfg))
}

// remember sets how long cookies are remembered; 0 is not at all.
func remember(d time.Duration) func(*middleware.SessionConfig) {
	return func(cfg *middleware.SessionConfig) { cfg.Remember = cmp.Or(d, -1) }
}

// ask makes a gate that asks a function, with a login page at /login.
func ask(user func(*http.Request) (identity.User, error), change ...func(*middleware.Config)) *middleware.Gate {
	cfg := middleware.Config{LoginURL: "/login"}
	for _, f := range change {
		f(&cfg)
	}
	return must(middleware.New(middleware.Func(user), cfg))
}

func loginAt(address string) func(*middleware.Config) {
	return func(cfg *middleware.Config) { cfg.LoginURL = address }
}

func returnParam(name string) func(*middleware.Config) {
	return func(cfg *middleware.Config) { cfg.ReturnParam = name }
}

// first makes one gate of several.
func first(gates ...*middleware.Gate) *middleware.Gate { return must(middleware.First(gates...)) }

var (
	request             = gatetest.Request
	navigation          = gatetest.Navigation
	visit               = gatetest.Visit
	wantSignedIn        = gatetest.WantSignedIn
	wantUnauthenticated = gatetest.WantUnauthenticated
	wantRejected        = gatetest.WantRejected
	errorObject         = gatetest.ErrorObject
)
