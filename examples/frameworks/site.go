package main

import (
	"log/slog"
	"net/http"

	"github.com/go-pme/pme"
	"github.com/go-pme/pme/middleware"
)

// site is the website: its login, its pages, and pme below /pme/.
type site struct {
	http.Handler
	login *login
	gate  *middleware.Gate
	pme   *pme.Handler
	csp   string
	log   *slog.Logger
}

func newSite(dist string, cfg pme.Config) (*site, error) {
	if err := checkBundles(dist); err != nil {
		return nil, err
	}
	s := &site{login: newLogin(), csp: policy(cfg.Pages), log: cfg.Logger}
	gate, err := middleware.New(middleware.Func(s.login.recognize), middleware.Config{LoginURL: "/login", Logger: cfg.Logger})
	if err != nil {
		return nil, err
	}
	s.gate, cfg.Authenticate = gate, gate
	cfg.Pages.Title = "All spaces"
	cfg.Pages.SignOutURL = "/"
	cfg.Pages.Templates = company
	if s.pme, err = pme.New(cfg); err != nil {
		return nil, err
	}
	s.Handler = http.NewCrossOriginProtection().Handler(s.routes(dist))
	return s, nil
}

// Close implements demo.App.
func (s *site) Close() error { return s.pme.Close() }

func (s *site) routes(dist string) http.Handler {
	mux := http.NewServeMux()
	s.pme.Mount(mux, "/pme")
	mux.HandleFunc("GET /company.css", style)
	mux.Handle("GET /dist/", serveBundles(dist))
	mux.HandleFunc("GET /login", s.showLogin)
	mux.HandleFunc("POST /login", s.signIn)
	behind := func(pattern string, h http.HandlerFunc) { mux.Handle(pattern, s.gate.Require(h)) }
	behind("POST /logout", s.signOut)
	behind("GET /{$}", s.home)
	for _, one := range applications {
		if one.Bundle != "htmx" {
			behind("GET /"+one.Bundle, s.application(one))
		}
	}
	behind("GET /htmx", s.gallery)
	behind("GET /htmx/space", s.space)
	behind("GET /htmx/closed", s.closed)
	return mux
}
