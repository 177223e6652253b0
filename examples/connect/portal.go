package main

import (
	"context"
	"embed"
	"html/template"
	"log/slog"
	"net/http"

	"github.com/go-pme/pme/accounts"
	"github.com/go-pme/pme/connect"
	"github.com/go-pme/pme/examples/internal/demo"
	"github.com/go-pme/pme/examples/internal/signin"
	"github.com/go-pme/pme/health"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/pages"
)

//go:embed pages
var files embed.FS

var templates = template.Must(template.ParseFS(files, "pages/*.html"))

// prefix is where the accounts are.
const prefix = "/accounts"

// portal is the partner's site: its login, its home page, and the accounts.
type portal struct {
	connections *connect.Connections
	emulator    string
	log         *slog.Logger
	http.Handler
}

// newPortal makes a portal that is ready until ctx ends.
func newPortal(ctx context.Context, connections *connect.Connections, at there, log *slog.Logger) (*portal, error) {
	look, err := pages.New(at.look)
	if err != nil {
		return nil, err
	}
	connecting, err := accounts.New(accounts.Config{Connections: connections, Pages: look})
	if err != nil {
		return nil, err
	}
	p := &portal{connections: connections, emulator: at.emulator, log: log}
	people := signin.New()
	gate, err := people.Gate()
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	people.Routes(mux)
	probes := health.NewHandler(ctx, connections.HealthParts()...) // without package pme, which has it built in
	mux.Handle("/livez", probes)
	mux.Handle("/readyz", probes)
	below := http.StripPrefix(prefix, connecting.Behind(gate.Require))
	mux.Handle(prefix, below)
	mux.Handle(prefix+"/", below)
	mux.Handle("GET /{$}", gate.Require(http.HandlerFunc(p.home)))
	mux.HandleFunc("GET /demo.css", demo.Style)
	p.Handler = http.NewCrossOriginProtection().Handler(mux)
	return p, nil
}

// home greets people, and says which accounts they have connected.
func (p *portal) home(w http.ResponseWriter, r *http.Request) {
	u, _ := identity.FromContext(r.Context())
	list, err := p.connections.List(r.Context(), u)
	if err != nil {
		p.log.ErrorContext(r.Context(), "connections not listed", slog.Any("error", err))
		http.Error(w, "The portal is out of order for the moment.", http.StatusServiceUnavailable)
		return
	}
	demo.Headers(w.Header())
	err = templates.ExecuteTemplate(w, "home.html", struct {
		User        *identity.User
		Accounts    string
		Connections []connect.Connection
		Emulator    string
	}{u, prefix + "/", list, p.emulator})
	if err != nil {
		p.log.ErrorContext(r.Context(), "page not written", slog.Any("error", err))
	}
}
