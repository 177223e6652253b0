package handler

import (
	"embed"
	"html/template"
	"net/http"
	"slices"
	"strings"

	"github.com/go-pme/pme/catalog"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/issuer"
	"github.com/go-pme/pme/pages"
)

const (
	searchFrom = 9   // spaces: from here on, the gallery has a search field
	mostShown  = 300 // spaces on one page
)

//go:embed templates/*.html
var files embed.FS

var galleryTemplates = template.Must(template.ParseFS(files, "templates/*.html"))

// List is what gallery.html and the part gallery show, in Page.Data.
type List struct {
	Spaces    []catalog.Space // that are shown
	Searching bool            // there are enough to be worth a search field
	Query     string          // what is searched for
	Partial   bool            // there may be more at Matterport, later
	Nameless  bool            // names or pictures are missing, as Matterport does not list the account's models
	Refused   bool            // that does not pass by itself
	More      bool            // there may be more than are shown, which a search can find
}

// Gallery is a page that lists the user's spaces. It is safe for concurrent use.
type Gallery struct {
	catalog *catalog.Catalog
	pages   *pages.Pages
	serve   http.Handler
}

// NewGallery makes a gallery of what c lists. It expects the views of models at view/{model}, and the
// assets, beside itself.
func NewGallery(c *catalog.Catalog, p *pages.Pages) *Gallery {
	g := &Gallery{catalog: c, pages: p.With(galleryTemplates)}
	g.serve = getPage(g.pages, "", g.show)
	return g
}

// ServeHTTP answers GET with the page, or with ?q= with those spaces whose names or IDs have all the words of
// q in them. It shares a budget with [Models]; see package catalog, also for how often the policy is asked.
func (g *Gallery) ServeHTTP(w http.ResponseWriter, r *http.Request) { g.serve.ServeHTTP(w, r) }

func (g *Gallery) show(w http.ResponseWriter, r *http.Request) {
	page := g.pages.Page(r, "")
	found, err := g.list(r)
	if err != nil {
		g.pages.Refuse(w, r, refusalFor(err), page)
		return
	}
	page.Data = found
	g.pages.Show(w, r, http.StatusOK, "gallery.html", page)
}

// Fragment returns the list alone, for a page in the host's own layout: the inside of the gallery's main
// element. prefix is where the handler is mounted, such as "/pme/". The page has to load pme.css from
// there, and its Content-Security-Policy has to allow that, and images from Matterport. The fragment
// has no scripts; its search form loads the page anew with ?q=.
//
// The error is one of the issuer's, as the endpoints get it. Fragment does not find out who sent r: put the handler of
// your page behind the gate, by gate.Require. If it is not, the error says so.
func (g *Gallery) Fragment(r *http.Request, prefix string) (template.HTML, error) {
	if _, ok := identity.FromContext(r.Context()); !ok {
		return "", errNoGate
	}
	found, err := g.list(r)
	if err != nil {
		return "", err
	}
	page := g.pages.Page(r, strings.TrimSuffix(prefix, "/")+"/")
	page.Home = "?" // the page itself, at whatever address the host has it
	page.Data = found
	return g.pages.Fragment("gallery", page)
}

// list finds what the user of r may open, and searches for.
func (g *Gallery) list(r *http.Request) (*List, error) {
	u, ok := identity.FromContext(r.Context())
	if !ok {
		return nil, issuer.ErrNotSignedIn
	}
	query := searched(r)
	listing, err := list(g.catalog, r, u, query)
	if err != nil {
		return nil, err
	}
	return newList(listing, query), nil
}

// newList shows a listing. What a limit has cut off can be searched for; what Matterport does not say can only be
// waited for.
func newList(listing catalog.Listing, query string) *List {
	shown := listing.Spaces[:min(len(listing.Spaces), mostShown)]
	return &List{
		Spaces:    shown,
		Searching: len(listing.Spaces) >= searchFrom || query != "" || listing.More,
		Query:     query,
		Partial:   listing.Partial && !listing.More,
		Nameless:  listing.Degraded && slices.ContainsFunc(shown, isBare),
		Refused:   listing.Refused,
		More:      len(listing.Spaces) > mostShown || listing.More,
	}
}

// isBare reports whether a space is shown by its ID, or without a picture.
func isBare(s catalog.Space) bool { return s.Name == s.ID || s.Thumbnail == "" }
