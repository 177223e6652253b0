package main

import (
	"html/template"
	"log/slog"
	"net/http"
	"slices"

	"github.com/go-pme/pme/catalog"
	"github.com/go-pme/pme/identity"
)

// gallery shows pme's gallery in the website's layout. htmx takes the gallery out of the same page when the visitor searches.
func (s *site) gallery(w http.ResponseWriter, r *http.Request) {
	fragment, err := s.pme.Gallery().Fragment(r, "/pme/")
	if err != nil {
		s.log.ErrorContext(r.Context(), "no gallery", slog.Any("error", err))
		fragment = template.HTML(`<p role="alert">The spaces cannot be listed at the moment.</p>`)
	}
	s.show(w, r, http.StatusOK, "htmx.html", page{Title: "htmx", Data: fragment})
}

// opened is a space, and those that the visitor may change to.
type opened struct {
	Space  catalog.Space
	Spaces []catalog.Space
}

// space is the fragment that opens a space. Whether the user may see it is decided when the element asks for a token.
func (s *site) space(w http.ResponseWriter, r *http.Request) {
	user, _ := identity.FromContext(r.Context())
	listing, err := s.pme.Catalog().For(r.Context(), user)
	if err != nil {
		s.log.ErrorContext(r.Context(), "spaces not listed", slog.Any("error", err))
		http.Error(w, "The spaces cannot be listed at the moment.", http.StatusServiceUnavailable)
		return
	}
	model := r.FormValue("model")
	i := slices.IndexFunc(listing.Spaces, func(one catalog.Space) bool { return one.ID == model })
	if i < 0 {
		http.Error(w, "There is no such space.", http.StatusNotFound)
		return
	}
	s.show(w, r, http.StatusOK, "space", page{Data: opened{listing.Spaces[i], listing.Spaces}})
}

// closed is the fragment that takes the place of a space.
func (s *site) closed(w http.ResponseWriter, r *http.Request) {
	s.show(w, r, http.StatusOK, "closed", page{})
}
