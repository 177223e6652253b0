package handler

import (
	"errors"
	"html/template"
	"log/slog"
	"net/http"
	"path"

	"github.com/go-pme/pme/catalog"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/issuer"
)

// PagesConfig is what [Pages] are made of. Issuer and Catalog are required.
type PagesConfig struct {
	Issuer  *issuer.Issuer
	Catalog *catalog.Catalog
	Player  Player
	Title   string       // of the gallery; default: "Spaces"
	Logger  *slog.Logger // default: nothing is logged

	// Strings are the words of the pages. Default: English.
	Strings Strings

	// Templates replace those of the pages that have the same name: whole pages (gallery.html, view.html,
	// error.html, signed-in.html) or the parts they have in common (head, header, footer, gallery). They
	// are given what the built-in ones are, see [Page]. Default: the built-in ones.
	Templates *template.Template

	// FrameAncestors are the origins whose pages may frame these: 'self', 'none', or exact origins.
	// Default: 'self'.
	FrameAncestors []string

	// AllowedOrigins are those of [CORS], whose pages are told when a sign-in in their popup has ended.
	AllowedOrigins []string
}

// Pages are the pages for people. They expect their neighbours under the names that the root package
// gives them: token, link, settings, signed-in and the assets beside the gallery, and the view of a model
// one level deeper.
type Pages struct {
	shell
	issuer  *issuer.Issuer
	catalog *catalog.Catalog
}

// NewPages reports everything that is wrong with cfg.
func NewPages(cfg PagesConfig) (*Pages, error) {
	var errs []error
	if cfg.Issuer == nil {
		errs = append(errs, errors.New("pme: the pages' Issuer is missing"))
	}
	if cfg.Catalog == nil {
		errs = append(errs, errors.New("pme: the pages' Catalog is missing"))
	}
	shell, err := newShell(look{
		Player: cfg.Player, Title: cfg.Title, Logger: cfg.Logger, Strings: cfg.Strings,
		Templates: cfg.Templates, FrameAncestors: cfg.FrameAncestors, AllowedOrigins: cfg.AllowedOrigins,
	})
	if err := errors.Join(append(errs, err)...); err != nil {
		return nil, err
	}
	return &Pages{shell: *shell, issuer: cfg.Issuer, catalog: cfg.Catalog}, nil
}

// View answers GET …/{model} with a page that shows one space in the whole window. The last element
// of the path is the model's ID.
func (p *Pages) View() http.Handler {
	return getOnly(func(w http.ResponseWriter, r *http.Request) {
		u, _ := identity.FromContext(r.Context())
		model := path.Base(r.URL.Path)
		if err := p.issuer.Authorize(r.Context(), u, model); err != nil {
			p.fail(w, r, err, p.page("../"))
			return
		}
		p.view(w, r, p.page("../"), model, p.catalog.Name(r.Context(), u, model), "")
	})
}

// SignedIn answers GET with the page on which a sign-in in a popup ends: behind an authenticator that
// redirects to its login, whoever gets to see it is signed in. It tells the page that opened it, which may
// be of an allowed origin that ?origin= names, and closes itself.
func (p *Pages) SignedIn() http.Handler {
	return getOnly(func(w http.ResponseWriter, r *http.Request) {
		if _, ok := identity.FromContext(r.Context()); !ok {
			p.fail(w, r, issuer.ErrNotSignedIn, p.page(""))
			return
		}
		p.signedIn(w, r, p.page(""))
	})
}
