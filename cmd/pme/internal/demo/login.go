package demo

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"embed"
	"html/template"
	"log/slog"
	"net/http"
	"time"

	"github.com/gorilla/sessions"

	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/issuer"
	"github.com/go-pme/pme/middleware"
	"github.com/go-pme/pme/middleware/revocation"
)

//go:embed pages
var files embed.FS

var page = template.Must(template.ParseFS(files, "pages/login.html"))

const (
	cookieName  = "pme-demo"
	sessionLife = 8 * time.Hour
	maxForm     = 8 << 10

	userKey     = "user"
	positionKey = "position"

	password = "demo"
)

// people are whom the login knows, by ID.
var people = map[string]string{"alice": "Alice", "bob": "Bob", "carol": "Carol"}

// LoginConfig is what a Login is made of.
type LoginConfig struct {
	// Home is where people arrive who have signed in without having wanted to see a page.
	Home string

	// Key authenticates the cookies of all replicas. Default: one for this process.
	Key []byte

	// Revocations are shared by all replicas. Default: those of this process.
	Revocations revocation.Store

	Events *event.Stream
	Logger *slog.Logger
}

// A Login signs alice, bob and carol in with the password demo.
type Login struct {
	gate    *middleware.Gate
	cookies *sessions.CookieStore
	home    string
	log     *slog.Logger
}

// NewLogin makes a Login.
func NewLogin(cfg LoginConfig) (*Login, error) {
	if cfg.Key == nil {
		cfg.Key = []byte(rand.Text() + rand.Text())
	}
	if cfg.Revocations == nil {
		cfg.Revocations = middleware.NewMemoryRevocations()
	}
	l := &Login{cookies: sessions.NewCookieStore(cfg.Key), home: cfg.Home, log: event.LoggerOr(cfg.Logger)}
	l.cookies.Options.HttpOnly, l.cookies.Options.SameSite = true, http.SameSiteLaxMode
	l.cookies.Options.Secure = false // plain http on this machine
	l.cookies.MaxAge(int(sessionLife.Seconds()))
	var err error
	l.gate, err = middleware.NewSession(middleware.SessionConfig{
		Store: l.cookies, Name: cookieName, User: user, Revocations: cfg.Revocations, LoginURL: "/login", Events: cfg.Events, Logger: cfg.Logger,
	})
	return l, err //nolint:wrapcheck // it does not happen
}

// Gate knows who has signed in.
func (l *Login) Gate() *middleware.Gate { return l.gate }

// Register adds the form and signing out to mux. revoke ends the sessions of a user, and their tours.
func (l *Login) Register(mux *http.ServeMux, revoke func(ctx context.Context, user string) (issuer.Revocation, error)) {
	own := http.NewCrossOriginProtection().Handler
	mux.HandleFunc("GET /login", func(w http.ResponseWriter, r *http.Request) {
		next, _ := middleware.LocalPath(r.FormValue("next"))
		l.show(w, r, http.StatusOK, form{Next: next})
	})
	mux.HandleFunc("GET /demo.css", func(w http.ResponseWriter, r *http.Request) { http.ServeFileFS(w, r, files, "pages/demo.css") })
	mux.Handle("POST /login", own(http.HandlerFunc(l.signIn)))
	mux.Handle("POST /logout", own(l.gate.Require(l.signOut(revoke))))
}

func user(s *sessions.Session) (identity.User, error) {
	id, _ := s.Values[userKey].(string)
	position, _ := s.Values[positionKey].(string)
	name, known := people[id]
	if !known {
		return identity.User{}, nil
	}
	return identity.User{ID: id, Name: name, Position: position}, nil
}

// form is what the page is filled with.
type form struct{ Next, Username, Problem string }

func (l *Login) signIn(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	next, _ := middleware.LocalPath(r.FormValue("next"))
	who := r.PostFormValue("username")
	_, known := people[who]
	if right := subtle.ConstantTimeCompare([]byte(r.PostFormValue("password")), []byte(password)) == 1; !known || !right {
		l.show(w, r, http.StatusUnauthorized, form{Next: next, Username: who, Problem: "The name or the password is wrong."})
		return
	}
	position, err := l.gate.Position(r.Context())
	if err != nil {
		l.unavailable(w, r, err)
		return
	}
	values := map[any]any{userKey: who, positionKey: position}
	if err := l.save(w, r, values, int(sessionLife.Seconds())); err != nil {
		l.unavailable(w, r, err)
		return
	}
	if next == "/" {
		next = l.home
	}
	http.Redirect(w, r, next, http.StatusSeeOther) //nolint:gosec // LocalPath lets through only paths of this host
}

func (l *Login) signOut(revoke func(ctx context.Context, user string) (issuer.Revocation, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		u, _ := identity.FromContext(r.Context())
		if _, err := revoke(r.Context(), u.ID); err != nil { // the cookie stays, so that they can try again
			l.unavailable(w, r, err)
			return
		}
		if err := l.save(w, r, nil, -1); err != nil {
			l.unavailable(w, r, err)
			return
		}
		http.Redirect(w, r, "/login", http.StatusSeeOther)
	})
}

// save begins a new session, or removes the cookie of one if maxAge is negative.
func (l *Login) save(w http.ResponseWriter, r *http.Request, values map[any]any, maxAge int) error {
	s := sessions.NewSession(l.cookies, cookieName) // never one that was there before
	options := *l.cookies.Options
	options.MaxAge = maxAge
	s.Options, s.Values = &options, values
	return s.Save(r, w) //nolint:wrapcheck // it is logged
}

func (l *Login) unavailable(w http.ResponseWriter, r *http.Request, err error) {
	l.log.ErrorContext(r.Context(), "demo login failed", slog.Any("error", err))
	w.Header().Set("Retry-After", "5")
	http.Error(w, "This does not work at the moment. Please try again.", http.StatusServiceUnavailable)
}

func (l *Login) show(w http.ResponseWriter, r *http.Request, status int, f form) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; frame-ancestors 'none'; form-action 'self'")
	w.WriteHeader(status)
	if err := page.Execute(w, f); err != nil {
		l.log.WarnContext(r.Context(), "demo login not written", slog.Any("error", err))
	}
}
