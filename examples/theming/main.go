// Theming is a site whose own look pme's pages have: its navigation, its colours in light and dark, and its languages. The
// login is its own, too.
//
//	go run ./examples/theming
package main

import (
	"embed"
	"html/template"
	"log/slog"
	"net/http"

	"github.com/go-pme/pme"
	"github.com/go-pme/pme/examples/internal/demo"
	"github.com/go-pme/pme/middleware"
	"github.com/go-pme/pme/pages"
)

//go:embed pages
var files embed.FS

var (
	own   = template.Must(template.ParseFS(files, "pages/home.html", "pages/login.html", "pages/navigation.html"))
	parts = template.Must(template.ParseFS(files, "pages/parts.html", "pages/navigation.html")) // of pme's pages
)

func main() {
	demo.Main(demo.Program{
		Name: "theming", Hint: "sign in as alice, bob or carol", Allow: "testdata/allow.yaml",
		Build: func(_ demo.Site, cfg pme.Config) (demo.App, error) { return newSite(cfg) },
	})
}

// site is the company's site, with pme below /pme.
type site struct {
	logins *logins
	look   *pages.Pages
	pme    *pme.Handler
	log    *slog.Logger
	http.Handler
}

func newSite(cfg pme.Config) (*site, error) {
	s := &site{logins: newLogins(), log: cfg.Logger}
	gate, err := middleware.New(middleware.Func(s.logins.user), middleware.Config{LoginURL: "/login"})
	if err != nil {
		return nil, err
	}
	cfg.Authenticate = gate
	cfg.Pages.HomeURL, cfg.Pages.SignOutURL = "/", "/login"
	cfg.Pages.Languages = []pages.Strings{{Lang: "en"}, {Lang: "de"}, {Lang: "ar"}}
	cfg.Pages.Templates = parts
	if s.look, err = pages.New(cfg.Pages); err != nil {
		return nil, err
	}
	if s.pme, err = pme.New(cfg); err != nil {
		return nil, err
	}
	s.Handler = s.routes(gate)
	return s, nil
}

// Close implements demo.App.
func (s *site) Close() error { return s.pme.Close() }

func (s *site) routes(gate *middleware.Gate) http.Handler {
	mux := http.NewServeMux()
	s.pme.Mount(mux, "/pme")
	mux.Handle("GET /{$}", gate.Require(http.HandlerFunc(s.home)))
	mux.HandleFunc("GET /login", s.loginPage)
	mux.HandleFunc("POST /login", s.logins.signIn)
	mux.HandleFunc("POST /logout", s.signOut)
	mux.HandleFunc("GET /nordwind.css", func(w http.ResponseWriter, r *http.Request) { http.ServeFileFS(w, r, files, "pages/nordwind.css") })
	return http.NewCrossOriginProtection().Handler(mux)
}

// ownPage is what the company's own pages are filled with. The navigation uses the first part of it, as it does of a pages.Page.
type ownPage struct {
	pages.Page
	Gallery template.HTML
	Next    string
}

// home shows the gallery in a page of the company's own.
func (s *site) home(w http.ResponseWriter, r *http.Request) {
	gallery, err := s.pme.Gallery().Fragment(r, "/pme/")
	if err != nil {
		s.log.ErrorContext(r.Context(), "no gallery", slog.Any("error", err))
	}
	s.show(w, "home.html", ownPage{Page: s.look.Standalone(r), Gallery: gallery})
}

// loginPage is where people sign in, and where those who are signed in sign out.
func (s *site) loginPage(w http.ResponseWriter, r *http.Request) {
	next, _ := middleware.LocalPath(r.FormValue("next"))
	page := s.look.Standalone(r)
	if u, _ := s.logins.user(r); u.SignedIn() {
		page.User = u.Name
	}
	s.show(w, "login.html", ownPage{Page: page, Next: next})
}

func (s *site) show(w http.ResponseWriter, name string, page ownPage) {
	demo.Headers(w.Header())
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self' data: https: http:; base-uri 'none'; frame-ancestors 'none'")
	if err := own.ExecuteTemplate(w, name, page); err != nil {
		s.log.Error("page not written", slog.Any("error", err))
	}
}

// signOut ends the user's session, and then the tours.
func (s *site) signOut(w http.ResponseWriter, r *http.Request) {
	if u := s.logins.end(r); u.SignedIn() {
		if _, err := s.pme.RevokeUser(r.Context(), u.ID); err != nil {
			s.log.ErrorContext(r.Context(), "tours not ended", slog.String("user", u.ID), slog.Any("error", err))
		}
	}
	http.Redirect(w, r, "/login", http.StatusSeeOther)
}
