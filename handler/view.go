package handler

import (
	"net/http"
	"path"

	"github.com/go-pme/pme/catalog"
	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/answer"
	"github.com/go-pme/pme/issuer"
	"github.com/go-pme/pme/pages"
)

// View answers GET …/{model} with a page that shows one space in the whole window. The last element
// of the path is the model's ID. The page loads the assets, and expects the endpoints token, link and
// settings, one level above itself.
func View(iss *issuer.Issuer, c *catalog.Catalog, p *pages.Pages) http.Handler {
	return answer.GetOnly(func(w http.ResponseWriter, r *http.Request) {
		u, _ := identity.FromContext(r.Context())
		model := path.Base(r.URL.Path)
		page := p.Page(r, "../")
		if err := iss.Authorize(event.Context(r), u, model); err != nil {
			p.Refuse(w, r, refusalFor(err), page)
			return
		}
		page.Title = c.Name(r.Context(), u, model)
		page.Space = &pages.Space{Model: model, Name: page.Title}
		p.Show(w, r, http.StatusOK, "view.html", page)
	})
}

// SignedIn answers GET with the page on which a sign-in in a popup ends: behind a gate that redirects to
// its login, only signed-in users get to see it. It tells the page that opened it, which may be of an
// allowed origin that ?origin= names, and closes itself.
func SignedIn(p *pages.Pages) http.Handler {
	return answer.GetOnly(func(w http.ResponseWriter, r *http.Request) {
		page := p.Page(r, "")
		if _, ok := identity.FromContext(r.Context()); !ok {
			p.Refuse(w, r, refusalFor(issuer.ErrNotSignedIn), page)
			return
		}
		p.Show(w, r, http.StatusOK, "signed-in.html", page)
	})
}
