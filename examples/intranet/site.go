package main

import (
	"embed"
	"html/template"
	"log/slog"
	"net/http"
	"time"

	"github.com/gorilla/sessions"

	"github.com/go-pme/pme"
	"github.com/go-pme/pme/examples/internal/demo"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/middleware"
	"github.com/go-pme/pme/middleware/revocation"
	look "github.com/go-pme/pme/pages"
)

//go:embed pages
var files embed.FS

var pages = template.Must(template.ParseFS(files, "pages/*.html"))

const sessionName = "intranet"

// site is the intranet: its login, its home page, and pme.
type site struct {
	people   *people
	sessions *sessions.CookieStore
	gate     *middleware.Gate
	pme      *pme.Handler
	log      *slog.Logger
	http.Handler
}

func newSite(where demo.Site, cfg pme.Config) (*site, error) {
	s := &site{people: newPeople(), sessions: newSessions(where.CookieKeys), log: cfg.Logger}
	var revocations revocation.Store = where.Sessions
	if where.Sessions == nil {
		revocations = middleware.NewMemoryRevocations()
	}
	gate, err := middleware.NewSession(middleware.SessionConfig{
		Store: s.sessions, Name: sessionName, User: s.people.signedIn, Revocations: revocations, Logger: cfg.Logger,
	})
	if err != nil {
		return nil, err
	}
	s.gate, cfg.Authenticate = gate, gate
	cfg.Pages.HomeURL, cfg.Pages.Languages = "/", []look.Strings{{Lang: "en", Title: "Our spaces"}, {Lang: "de"}, {Lang: "ar"}}
	h, err := pme.New(cfg)
	if err != nil {
		return nil, err
	}
	s.pme = h
	s.Handler = s.routes()
	return s, nil
}

// Close implements demo.App.
func (s *site) Close() error { return s.pme.Close() }

func newSessions(keys [][]byte) *sessions.CookieStore {
	store := sessions.NewCookieStore(keys...)
	store.Options.HttpOnly = true
	store.Options.SameSite = http.SameSiteLaxMode
	store.Options.Secure = false // plain http on this machine: a real intranet says true
	store.MaxAge(int((8 * time.Hour).Seconds()))
	return store
}

func (s *site) routes() http.Handler {
	mux := http.NewServeMux()
	s.pme.Mount(mux, "/pme")
	mux.Handle("/livez", s.pme.Health())
	mux.Handle("/readyz", s.pme.Health())
	mux.HandleFunc("GET /login", s.loginForm)
	mux.HandleFunc("POST /login", s.login)
	mux.Handle("POST /logout", s.gate.Require(http.HandlerFunc(s.logout)))
	mux.Handle("GET /{$}", s.gate.Require(demo.Home(s.pme.Catalog(), "/logout", s.log)))
	mux.HandleFunc("GET /demo.css", demo.Style)
	return http.NewCrossOriginProtection().Handler(mux)
}

// form is what the login page is filled with.
type form struct{ Next, Username, Problem string }

func (s *site) loginForm(w http.ResponseWriter, r *http.Request) {
	next, _ := middleware.LocalPath(r.FormValue("next"))
	s.showForm(w, r, http.StatusOK, form{Next: next})
}

func (s *site) login(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 8<<10)
	next, _ := middleware.LocalPath(r.FormValue("next"))
	who, ok := s.people.check(r.PostFormValue("username"), r.PostFormValue("password"))
	if !ok {
		s.showForm(w, r, http.StatusUnauthorized,
			form{Next: next, Username: r.PostFormValue("username"), Problem: "The name or the password is wrong."})
		return
	}
	position, err := s.gate.Position(r.Context())
	if err != nil {
		s.log.ErrorContext(r.Context(), "position among the revocations not known", slog.Any("error", err))
		unavailable(w)
		return
	}
	session := sessions.NewSession(s.sessions, sessionName) // never one that was there before
	options := *s.sessions.Options
	session.Options = &options
	session.Values[sessionUser] = who.id
	session.Values[sessionPosition] = position
	if err := session.Save(r, w); err != nil {
		s.log.ErrorContext(r.Context(), "session not saved", slog.Any("error", err))
		http.Error(w, "Signing in does not work at the moment.", http.StatusInternalServerError)
		return
	}
	http.Redirect(w, r, next, http.StatusSeeOther) //nolint:gosec // LocalPath lets through only paths of this host
}

// logout ends the person's sessions, copies of their cookies included, and the tours.
func (s *site) logout(w http.ResponseWriter, r *http.Request) {
	u, _ := identity.FromContext(r.Context())
	if _, err := s.pme.RevokeUser(r.Context(), u.ID); err != nil { // the cookie stays, so that they can try again
		s.log.ErrorContext(r.Context(), "sessions or tokens not revoked", slog.String("user", u.ID), slog.Any("error", err))
		unavailable(w)
		return
	}
	session := sessions.NewSession(s.sessions, sessionName)
	options := *s.sessions.Options
	options.MaxAge = -1
	session.Options = &options
	if err := session.Save(r, w); err != nil {
		s.log.ErrorContext(r.Context(), "session not cleared", slog.Any("error", err))
	}
	http.Redirect(w, r, "/login", http.StatusSeeOther)
}

// unavailable says that something does not work at the moment.
func unavailable(w http.ResponseWriter) {
	w.Header().Set("Retry-After", "5")
	http.Error(w, "This does not work at the moment. Please try again.", http.StatusServiceUnavailable)
}

// showForm is the login page.
func (s *site) showForm(w http.ResponseWriter, r *http.Request, status int, data form) {
	demo.Headers(w.Header())
	w.WriteHeader(status)
	if err := pages.ExecuteTemplate(w, "login.html", data); err != nil {
		s.log.ErrorContext(r.Context(), "page not written", slog.Any("error", err))
	}
}
