package main

import (
	"encoding/json"
	"html/template"
	"io"
	"net/http"
	"os"
	"sync/atomic"
	"time"

	"github.com/gorilla/sessions"

	"github.com/go-pme/pme"
	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/examples/internal/demo"
	"github.com/go-pme/pme/health"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/issuer/store"
	"github.com/go-pme/pme/middleware"
)

// program is a replica: the application as it would run in any fleet.
var program = demo.Program{
	Name: "replica", Hint: "one of a fleet", Allow: "testdata/allow.yaml",
	Build: func(where demo.Site, cfg pme.Config) (demo.App, error) { return newApplication(where, cfg) },
}

// endWithParent ends this process if the one that started it is gone.
func endWithParent() {
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(1)
	}()
}

const cookieName = "fleet"

// people are whom the login believes, and the space that each sees first.
var people = map[string]struct{ name, space string }{
	"alice": {"Alice", "SxQL3iGyoDo"}, "bob": {"Bob", "Zh14WDtkjdC"}, "carol": {"Carol", "RpcBbeJYb8K"},
}

var loginPage = template.Must(template.ParseFS(files, "pages/login.html"))

// An application has a login, pme, and what the page shows of this replica.
type application struct {
	http.Handler
	pme         *pme.Handler
	gate        *middleware.Gate
	cookies     *sessions.CookieStore
	fleet       health.Reporter
	mints       atomic.Int64
	revocations atomic.Int64
}

func newApplication(where demo.Site, cfg pme.Config) (*application, error) {
	a := &application{cookies: sessions.NewCookieStore(where.CookieKeys...)}
	a.cookies.Options.HttpOnly, a.cookies.Options.Secure, a.cookies.Options.SameSite = true, false, http.SameSiteLaxMode // plain http, on this machine
	a.fleet, _ = cfg.Fleet.(health.Reporter)
	var err error
	a.gate, err = middleware.NewSession(middleware.SessionConfig{
		Store: a.cookies, Name: cookieName, User: user, Revocations: where.Sessions, Logger: cfg.Logger,
	})
	if err != nil {
		return nil, err
	}
	if cfg.Events, err = event.New(event.Config{Logger: cfg.Logger, Listeners: []event.Listener{a}}); err != nil {
		return nil, err
	}
	cfg.Authenticate = a.gate
	if a.pme, err = pme.New(cfg); err != nil {
		return nil, err
	}
	cfg.Fleet.OnRevoked(func(s store.Selector) {
		if _, known := people[s.User]; known {
			a.revocations.Add(1)
		}
	})
	a.Handler = a.routes()
	return a, nil
}

// Close implements demo.App.
func (a *application) Close() error { return a.pme.Close() }

// Listen implements event.Listener: it counts the mints.
func (a *application) Listen(e event.Event) {
	if e.Kind == event.TokenGranted {
		a.mints.Add(1)
	}
}

func (a *application) routes() http.Handler {
	mux := http.NewServeMux()
	a.pme.Mount(mux, "/pme")
	mux.Handle("/readyz", a.pme.Health())
	mux.HandleFunc("GET /login", loginForm)
	mux.HandleFunc("POST /login", a.login)
	mux.Handle("POST /logout", a.gate.Require(http.HandlerFunc(a.logout)))
	mux.Handle("GET /whoami", a.gate.Require(http.HandlerFunc(a.whoami)))
	mux.HandleFunc("POST /revoke", a.revoke)
	mux.HandleFunc("GET /stats", a.stats)
	return http.NewCrossOriginProtection().Handler(mux)
}

// user says who a session belongs to, and where it began among the revocations.
func user(s *sessions.Session) (identity.User, error) {
	id, _ := s.Values["user"].(string)
	position, _ := s.Values["position"].(string)
	return identity.User{ID: id, Name: people[id].name, Position: position}, nil
}

func loginForm(w http.ResponseWriter, r *http.Request) {
	demo.Headers(w.Header())
	next, _ := middleware.LocalPath(r.FormValue("next"))
	_ = loginPage.Execute(w, next) // to a browser that has gone
}

func (a *application) login(w http.ResponseWriter, r *http.Request) {
	id := r.PostFormValue("user")
	if _, known := people[id]; !known {
		http.Error(w, "Sign in as alice, bob or carol.", http.StatusForbidden)
		return
	}
	position, err := a.gate.Position(r.Context())
	if err != nil {
		unavailable(w)
		return
	}
	session := sessions.NewSession(a.cookies, cookieName)
	options := *a.cookies.Options
	session.Options = &options
	session.Values["user"], session.Values["position"] = id, position
	if err := session.Save(r, w); err != nil {
		unavailable(w)
		return
	}
	next, _ := middleware.LocalPath(r.PostFormValue("next"))
	http.Redirect(w, r, next, http.StatusSeeOther) //nolint:gosec // LocalPath lets through only paths of this host
}

func (a *application) logout(w http.ResponseWriter, r *http.Request) {
	u, _ := identity.FromContext(r.Context())
	if _, err := a.pme.RevokeUser(r.Context(), u.ID); err != nil { // the cookie stays, so that they can try again
		unavailable(w)
		return
	}
	http.SetCookie(w, &http.Cookie{Name: cookieName, Path: "/", MaxAge: -1, HttpOnly: true, SameSite: http.SameSiteLaxMode}) //nolint:gosec // plain http, on this machine
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// revoke locks a user out until they sign in again. A real application asks who wants that.
func (a *application) revoke(w http.ResponseWriter, r *http.Request) {
	begun := time.Now()
	done, err := a.pme.RevokeUser(r.Context(), r.PostFormValue("user"))
	if err != nil {
		unavailable(w)
		return
	}
	write(w, map[string]any{"tokens": done.Tokens, "milliseconds": time.Since(begun).Milliseconds()})
}

func (a *application) whoami(w http.ResponseWriter, r *http.Request) {
	u, _ := identity.FromContext(r.Context())
	write(w, map[string]string{"name": u.Name, "space": people[u.ID].space})
}

// A stats is what a replica says of itself.
type stats struct {
	Lease       bool  `json:"lease"`
	Mints       int64 `json:"mints"`
	Revocations int64 `json:"revocations"`
}

func (a *application) stats(w http.ResponseWriter, r *http.Request) {
	s := stats{Lease: true, Mints: a.mints.Load(), Revocations: a.revocations.Load()}
	for _, part := range a.fleet.HealthParts() {
		s.Lease = s.Lease && part.Check(r.Context()) == nil
	}
	write(w, s)
}

func unavailable(w http.ResponseWriter) {
	w.Header().Set("Retry-After", "5")
	http.Error(w, "This does not work at the moment. Please try again.", http.StatusServiceUnavailable)
}

func write(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(v) // to a browser that has gone
}
