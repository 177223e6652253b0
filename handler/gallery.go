package handler

import (
	"embed"
	"html/template"
	"net/http"
	"strings"

	"github.com/go-pme/pme/catalog"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/answer"
	"github.com/go-pme/pme/issuer"
	"github.com/go-pme/pme/pages"
)

//go:embed templates/*.html
var files embed.FS

var galleryTemplates = template.Must(template.ParseFS(files, "templates/*.html"))

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

// ServeHTTP answers GET with the page:
//
//	q      shows those spaces whose names or IDs have all the words of q in them
//	sort   name, -name or number; see package catalog/arrange
//	group  folder, place or name
//	page   a page has at most 60 spaces
//	at     a model ID: shows the page that has this space, in place of page
//
// It ignores values that mean nothing. A user who has one space only is redirected to it, if the query is empty.
//
// It shares a budget with [Models]; see package catalog, also for how often the policy is asked.
func (g *Gallery) ServeHTTP(w http.ResponseWriter, r *http.Request) { g.serve.ServeHTTP(w, r) }

func (g *Gallery) show(w http.ResponseWriter, r *http.Request) {
	page := g.pages.Page(r, "")
	list, err := g.list(r, page.Words)
	if err != nil {
		g.pages.Refuse(w, r, refusalFor(err), page)
		return
	}
	if only := list.only; only != "" && r.URL.RawQuery == "" && answer.WantsPage(r) {
		answer.Redirect(w, "view/"+only, http.StatusSeeOther)
		return
	}
	page.Data = list
	g.pages.Show(w, r, http.StatusOK, "gallery.html", page)
}

// Fragment returns the list alone, for a page in the host's own layout: the inside of the gallery's main
// element. prefix is where the handler is mounted, such as "/pme/". The page has to load pme.css from
// there, and its Content-Security-Policy has to allow that, and images from Matterport. The fragment
// has no scripts; its form and its links load the page anew, with the query that [Gallery.ServeHTTP] has and nothing else of
// the page's own. A page that loads pme.gallery.js from there finds while one types, and moves by arrow keys.
//
// The error is one of the issuer's, as the endpoints get it. Fragment does not find out who sent r: put the handler of
// your page behind the gate, by gate.Require. If it is not, the error says so.
func (g *Gallery) Fragment(r *http.Request, prefix string) (template.HTML, error) {
	if _, ok := identity.FromContext(r.Context()); !ok {
		return "", errNoGate
	}
	page := g.pages.Page(r, strings.TrimSuffix(prefix, "/")+"/")
	list, err := g.list(r, page.Words)
	if err != nil {
		return "", err
	}
	page.Home = "?" // the page itself, at whatever address the host has it
	page.Data = list
	return g.pages.Fragment("gallery", page)
}

// list finds what the user of r may open, and searches for.
func (g *Gallery) list(r *http.Request, words pages.Strings) (*List, error) {
	u, ok := identity.FromContext(r.Context())
	if !ok {
		return nil, issuer.ErrNotSignedIn
	}
	asked := parseAsked(r.URL.Query())
	listing, err := list(g.catalog, r, u, asked.search)
	if err != nil {
		return nil, err
	}
	return newList(listing, asked, words), nil
}
