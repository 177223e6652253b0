package handler

import (
	"bytes"
	"html/template"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/go-pme/pme/catalog"
)

// What a gallery shows: a search field from so many spaces on, at most so many at once, and no longer
// search than that.
const (
	searchFrom = 9
	mostShown  = 300
	maxSearch  = 100 // characters
)

// GalleryPage is the list of a gallery.
type GalleryPage struct {
	Spaces    []catalog.Space // that are shown
	Searching bool            // there are enough to be worth a search field
	Query     string          // what is searched for
	Partial   bool            // there may be more at Matterport
	More      bool            // there are more than are shown
}

// Gallery answers GET with a page that lists the person's spaces, or with ?q= those whose names have all
// the words of q in them.
func (p *Pages) Gallery() http.Handler {
	return getOnly(func(w http.ResponseWriter, r *http.Request) {
		listing, err := listFor(p.catalog, r)
		if err != nil {
			p.fail(w, r, err, p.page(""))
			return
		}
		data := p.page("")
		data.List = galleryPage(listing, r.URL.Query().Get("q"))
		p.show(w, r, http.StatusOK, "gallery.html", data)
	})
}

// GalleryFragment is the list alone, for a page of the host's own layout: what is inside of the gallery's
// main element. prefix is where the handler is mounted, such as "/pme/". The page has to load [StyleName]
// from there, and its Content-Security-Policy has to allow that, and images from Matterport. The fragment
// has no scripts; its search form loads the page anew with ?q=.
//
// The error is one of the issuer's, as endpoints get it. GalleryFragment decides nothing: r has to have
// come through the authenticator.
func (p *Pages) GalleryFragment(r *http.Request, prefix string) (template.HTML, error) {
	listing, err := listFor(p.catalog, r)
	if err != nil {
		return "", err
	}
	data := p.page(strings.TrimSuffix(prefix, "/") + "/")
	data.Home = "?" // the page itself, wherever the host has it
	data.List = galleryPage(listing, r.URL.Query().Get("q"))
	var b bytes.Buffer
	if err := p.templates.ExecuteTemplate(&b, "gallery", data); err != nil {
		return "", err
	}
	return template.HTML(b.String()), nil //nolint:gosec // html/template has escaped it
}

func galleryPage(listing catalog.Listing, query string) *GalleryPage {
	query = strings.TrimSpace(query)
	if utf8.RuneCountInString(query) > maxSearch {
		query = string([]rune(query)[:maxSearch])
	}
	out := &GalleryPage{
		Searching: len(listing.Spaces) >= searchFrom || query != "",
		Query:     query,
		Partial:   listing.Partial,
	}
	words := strings.Fields(strings.ToLower(query))
	for _, s := range listing.Spaces {
		if !named(s, words) {
			continue
		}
		if out.More = len(out.Spaces) == mostShown; out.More {
			break
		}
		out.Spaces = append(out.Spaces, s)
	}
	return out
}

// named reports whether all words are in the space's name, or in its ID.
func named(s catalog.Space, words []string) bool {
	text := strings.ToLower(s.Name + " " + s.ID)
	for _, word := range words {
		if !strings.Contains(text, word) {
			return false
		}
	}
	return true
}
