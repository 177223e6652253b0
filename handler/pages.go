package handler

import (
	"bytes"
	"crypto/rand"
	"embed"
	"errors"
	"html/template"
	"log/slog"
	"net/http"
	"path"
	"strings"

	"github.com/go-pme/pme/catalog"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/issuer"
)

//go:embed pages/*.html
var pageFiles embed.FS

var templates = template.Must(template.ParseFS(pageFiles, "pages/*.html"))

// PagesConfig is what [Pages] are made of. Issuer and Catalog are required.
type PagesConfig struct {
	Issuer  *issuer.Issuer
	Catalog *catalog.Catalog
	Player  Player
	Title   string       // of the gallery; default: "Spaces"
	Logger  *slog.Logger // default: nothing is logged
}

// Pages are the pages for people. They expect their neighbours under the names that the root package
// gives them: token, link, settings, pme.js and pme.css beside the gallery, and the view of a model one
// level deeper.
type Pages struct {
	issuer  *issuer.Issuer
	catalog *catalog.Catalog
	player  Player
	title   string
	log     *slog.Logger
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
	player, err := cfg.Player.checked()
	if err := errors.Join(append(errs, err)...); err != nil {
		return nil, err
	}
	p := &Pages{issuer: cfg.Issuer, catalog: cfg.Catalog, player: player, title: cfg.Title, log: cfg.Logger}
	if p.title == "" {
		p.title = "Spaces"
	}
	if p.log == nil {
		p.log = slog.New(slog.DiscardHandler)
	}
	return p, nil
}

// page is what the templates are filled with.
type page struct {
	Title   string
	Base    string // of relative addresses: "" or "../"
	Nonce   string
	Model   string
	Spaces  []catalog.Space
	Partial bool
	Text    string
}

// Gallery answers GET with a page that lists the person's spaces.
func (p *Pages) Gallery() http.Handler {
	return getOnly(func(w http.ResponseWriter, r *http.Request) {
		listing, err := listFor(p.catalog, r)
		if err != nil {
			p.fail(w, r, err, "")
			return
		}
		p.show(w, r, http.StatusOK, "gallery.html", page{Title: p.title, Spaces: listing.Spaces, Partial: listing.Partial})
	})
}

// View answers GET …/{model} with a page that shows one space in the whole window. The last element
// of the path is the model's ID.
func (p *Pages) View() http.Handler {
	return getOnly(func(w http.ResponseWriter, r *http.Request) {
		u, _ := identity.FromContext(r.Context())
		model := path.Base(r.URL.Path)
		if err := p.issuer.Authorize(r.Context(), u, model); err != nil {
			p.fail(w, r, err, "../")
			return
		}
		p.show(w, r, http.StatusOK, "view.html", page{Title: p.catalog.Name(r.Context(), u, model), Base: "../", Model: model})
	})
}

// fail is the page of a refusal.
func (p *Pages) fail(w http.ResponseWriter, r *http.Request, err error, base string) {
	out := refusalFor(err)
	out.header(w.Header())
	p.show(w, r, out.status, "error.html", page{Title: p.title, Base: base, Text: out.text})
}

func (p *Pages) show(w http.ResponseWriter, r *http.Request, status int, name string, data page) {
	data.Nonce = rand.Text()
	var body bytes.Buffer
	if err := templates.ExecuteTemplate(&body, name, data); err != nil {
		p.log.LogAttrs(r.Context(), slog.LevelError, "page not rendered", slog.String("page", name), slog.Any("error", err))
		http.Error(w, "This page cannot be shown.", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", p.securityPolicy(data.Nonce))
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = body.WriteTo(w)
}

// securityPolicy lets the page load its own script and style, Showcase in a frame, and the SDK's
// scripts, of which the second part comes from wherever Showcase says: its own server or the SDK's.
func (p *Pages) securityPolicy(nonce string) string {
	showcase, sdk := origin(p.player.ShowcaseURL), origin(p.player.SDKURL)
	return strings.Join([]string{
		"default-src 'none'",
		"script-src 'nonce-" + nonce + "' " + sdk + " " + showcase,
		"style-src 'self'",
		"img-src 'self' https: " + showcase,
		"connect-src 'self'",
		"frame-src " + showcase,
		"form-action 'self'",
		"base-uri 'none'",
		"frame-ancestors 'self'",
	}, "; ")
}
