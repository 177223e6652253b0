package demo

import (
	"embed"
	"html/template"
	"log/slog"
	"net/http"

	"github.com/go-pme/pme/catalog"
	"github.com/go-pme/pme/identity"
)

//go:embed pages
var files embed.FS

var home = template.Must(template.ParseFS(files, "pages/home.html"))

// Style serves the style of the examples' own pages.
func Style(w http.ResponseWriter, r *http.Request) { http.ServeFileFS(w, r, files, "pages/demo.css") }

// Home is the page that greets people: it lists their spaces and offers to sign out, by a POST to
// signOut. The page is to be behind the application's login.
func Home(c *catalog.Catalog, signOut string, log *slog.Logger) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		u, _ := identity.FromContext(r.Context())
		listing, err := c.For(r.Context(), u)
		if err != nil {
			log.ErrorContext(r.Context(), "spaces not listed", slog.Any("error", err))
		}
		Headers(w.Header())
		err = home.Execute(w, struct {
			User    *identity.User
			Spaces  []catalog.Space
			SignOut string
		}{u, listing.Spaces, signOut})
		if err != nil {
			log.ErrorContext(r.Context(), "page not written", slog.Any("error", err))
		}
	}
}

// Headers are those of every page of the examples. Signing out may lead to another server, so where
// forms lead is left open.
func Headers(h http.Header) {
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; frame-ancestors 'none'")
}
