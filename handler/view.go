package handler

import (
	"errors"
	"net/http"
	"net/url"
	"path"
	"regexp"

	"github.com/go-pme/pme/catalog"
	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/answer"
	"github.com/go-pme/pme/issuer"
	"github.com/go-pme/pme/pages"
)

// View answers GET …/{model} with a page that shows one space in the whole window. The last element
// of the path is the model's ID. The page loads the assets, and expects the endpoints token, link, adjacent and
// settings, one level above itself.
//
//	ss, sr, start, lang  are passed on to Showcase: where to begin, and the language
//	q, sort, group       are those of the gallery that the user came from, which its script adds to the link: the links back and to
//	                     the next space keep them
func View(iss *issuer.Issuer, c *catalog.Catalog, p *pages.Pages) http.Handler {
	return getPage(p, "../", func(w http.ResponseWriter, r *http.Request) {
		u, _ := identity.FromContext(r.Context())
		model := path.Base(r.URL.Path)
		page := p.Page(r, "../")
		if err := iss.Authorize(event.Context(r), u, model); err != nil {
			p.Refuse(w, r, viewRefusal(err), page)
			return
		}
		space := c.Space(r.Context(), u, model)
		page.Title, page.Home = space.Name, wayBack(r.URL.Query(), model)
		page.Space = &pages.Space{
			Model: model, Name: space.Name, Poster: space.Thumbnail, Viewer: viewer(iss, u),
			Params: spotIn(r.URL.Query()), Around: around(r.URL.Query(), model),
		}
		p.Show(w, r, http.StatusOK, "view.html", page)
	})
}

// wayBack leads to the space's place in the gallery.
func wayBack(query url.Values, model string) string {
	back := parseAsked(query).context()
	back.Set("at", model)
	return "../?" + back.Encode() + "#pme-" + model
}

// around is what adjacent is asked for.
func around(query url.Values, model string) string {
	way := parseAsked(query).context()
	way.Set("modelId", model)
	return way.Encode()
}

// A spot is what Showcase's own links have: numbers, and names of sweeps.
var spot = regexp.MustCompile(`^[A-Za-z0-9.,_-]{1,100}$`)

// spotIn returns the parameters of Showcase that a link to a spot may have.
func spotIn(query url.Values) string {
	params := make(url.Values)
	for _, name := range []string{"ss", "sr", "start", "lang"} {
		if value := query.Get(name); spot.MatchString(value) {
			params.Set(name, value)
		}
	}
	return params.Encode()
}

// SignedIn answers GET with the page on which a sign-in in a popup ends: behind a gate that redirects to
// its login, only signed-in users get to see it. It tells the page that opened it, which may be of an
// allowed origin that ?origin= names, and closes itself.
func SignedIn(p *pages.Pages) http.Handler {
	return getPage(p, "", func(w http.ResponseWriter, r *http.Request) {
		page := p.Page(r, "")
		if _, ok := identity.FromContext(r.Context()); !ok {
			p.Refuse(w, r, refusalFor(issuer.ErrNotSignedIn), page)
			return
		}
		page.Title = page.Words.SignedIn
		p.Show(w, r, http.StatusOK, "signed-in.html", page)
	})
}

// viewRefusal is the refusal for err where the model's ID is a part of the page's address.
func viewRefusal(err error) answer.Refusal {
	if errors.Is(err, issuer.ErrInvalid) {
		return answer.NoSpace
	}
	return refusalFor(err)
}

// getPage passes GET and HEAD on to next, and refuses other methods with a page.
func getPage(p *pages.Pages, base string, next http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			p.RefuseMethod(w, r, p.Page(r, base), http.MethodGet)
			return
		}
		next(w, r)
	})
}
