package main

import (
	"context"
	"embed"
	"encoding/json"
	"io/fs"
	"net/http"
	"time"

	"github.com/go-pme/pme/examples/internal/demo"
)

//go:embed pages
var files embed.FS

// site is the page, what it shows, and what its buttons do. All else goes to the replicas.
type site struct {
	all []*replica
	csp string
	ctx context.Context //nolint:containedctx // streams end with the program
}

func newSite(ctx context.Context, all []*replica, matterport string) http.Handler {
	s := &site{all: all, ctx: ctx, csp: "default-src 'none'; style-src 'self'; script-src 'self' " + matterport + "; frame-src " + matterport +
		"; connect-src 'self'; img-src 'self' data: " + matterport + "; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"}
	for _, r := range all {
		go s.watch(r)
	}
	pages, _ := fs.Sub(files, "pages") // it is there
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.page)
	mux.Handle("GET /fleet.css", http.FileServerFS(pages))
	mux.Handle("GET /fleet.js", http.FileServerFS(pages))
	mux.HandleFunc("GET /demo.css", demo.Style)
	mux.HandleFunc("GET /fleet/events", s.events)
	mux.HandleFunc("POST /fleet/{replica}/{action}", s.act)
	mux.Handle("/", newBalancer(all))
	return http.NewCrossOriginProtection().Handler(mux)
}

const glance = 200 * time.Millisecond

// watch asks a replica how it is, again and again.
func (s *site) watch(r *replica) {
	for s.ctx.Err() == nil {
		_ = r.look(s.ctx) // it may be gone
		select {
		case <-time.After(glance):
		case <-s.ctx.Done():
		}
	}
}

func (s *site) page(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Security-Policy", s.csp)
	w.Header().Set("Cache-Control", "no-store")
	http.ServeFileFS(w, r, files, "pages/index.html")
}

// act kills or starts a replica, or cuts or mends its wire.
func (s *site) act(w http.ResponseWriter, r *http.Request) {
	for _, one := range s.all {
		if one.name != r.PathValue("replica") {
			continue
		}
		switch r.PathValue("action") {
		case "kill":
			one.kill()
		case "start":
			if err := one.start(); err != nil {
				unavailable(w)
				return
			}
		case "cut":
			one.wire.set(true)
		case "mend":
			one.wire.set(false)
		default:
			http.NotFound(w, r)
			return
		}
		w.WriteHeader(http.StatusNoContent)
		return
	}
	http.NotFound(w, r)
}

// events is a stream of the states of all replicas.
func (s *site) events(w http.ResponseWriter, r *http.Request) {
	c := http.NewResponseController(w)
	_ = c.SetWriteDeadline(time.Time{}) // it has no end
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	for r.Context().Err() == nil && s.ctx.Err() == nil {
		states := make([]state, len(s.all))
		for i, one := range s.all {
			states[i] = one.state()
		}
		text, err := json.Marshal(states)
		if err != nil {
			return
		}
		if _, err := w.Write(append(append([]byte("data: "), text...), "\n\n"...)); err != nil || c.Flush() != nil {
			return
		}
		select {
		case <-time.After(glance):
		case <-r.Context().Done():
		case <-s.ctx.Done():
		}
	}
}
