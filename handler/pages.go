package handler

import (
	"bytes"
	"cmp"
	"crypto/rand"
	"embed"
	"encoding/json"
	"errors"
	"html/template"
	"log/slog"
	"net/http"
	"path"
	"slices"

	"github.com/go-pme/pme/catalog"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/issuer"
)

//go:embed pages/*.html
var pageFiles embed.FS

var builtIn = template.Must(template.ParseFS(pageFiles, "pages/*.html"))

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
	cfg       PagesConfig
	log       *slog.Logger
	templates *template.Template
	security  security
	element   string // the element's words, in JSON
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
	var err error
	cfg.Player, err = cfg.Player.checked()
	errs = append(errs, err, checkOrigins("AllowedOrigins", cfg.AllowedOrigins))
	secure, err := newSecurity(cfg.Player, cfg.FrameAncestors)
	errs = append(errs, err)
	templates, err := merged(cfg.Templates)
	errs = append(errs, err)
	cfg.Title = cmp.Or(cfg.Title, "Spaces")
	cfg.Strings = cfg.Strings.withDefaults()
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	p := &Pages{cfg: cfg, log: cfg.Logger, templates: templates, security: secure}
	if len(cfg.Strings.Element) > 0 {
		words, err := json.Marshal(cfg.Strings.Element)
		errs = append(errs, err)
		p.element = string(words)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return p, nil
}

// merged is the built-in templates, those that the host has of its own in their places.
func merged(own *template.Template) (*template.Template, error) {
	all, err := builtIn.Clone()
	if err != nil || own == nil {
		return all, err
	}
	for _, t := range own.Templates() {
		if t.Tree == nil || t.Name() == "" {
			continue
		}
		if _, err := all.AddParseTree(t.Name(), t.Tree.Copy()); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// Page is what the templates are filled with.
type Page struct {
	Title string
	Base  string // what relative addresses begin with: nothing, "../", or the prefix of a fragment
	Home  string // the gallery's address
	Nonce string // for the page's scripts
	Words Strings
	View  *ViewPage    // in view.html
	List  *GalleryPage // in gallery.html and the part gallery
	Error *ErrorPage   // in error.html

	// Origin, in signed-in.html, is that of the page which opened the window.
	Origin string

	ScriptName, StyleName string
}

// ViewPage is the space of a view.
type ViewPage struct {
	Model, Name string
	Strings     string // attribute of the element
	ImportMap   template.HTML
}

// ErrorPage is a refusal.
type ErrorPage struct {
	Code, Text string
	Temporary  bool // trying again may help
}

func (p *Pages) page(base string) Page {
	return Page{Title: p.cfg.Title, Base: base, Home: cmp.Or(base, "./"), Words: p.cfg.Strings, ScriptName: ScriptName, StyleName: StyleName}
}

// View answers GET …/{model} with a page that shows one space in the whole window. The last element
// of the path is the model's ID.
func (p *Pages) View() http.Handler {
	return getOnly(func(w http.ResponseWriter, r *http.Request) {
		u, _ := identity.FromContext(r.Context())
		model := path.Base(r.URL.Path)
		if err := p.cfg.Issuer.Authorize(r.Context(), u, model); err != nil {
			p.fail(w, r, err, "../")
			return
		}
		data := p.page("../")
		data.View = &ViewPage{
			Model: model, Name: p.cfg.Catalog.Name(r.Context(), u, model), Strings: p.element, ImportMap: p.importMap(),
		}
		data.Title = data.View.Name
		p.show(w, r, http.StatusOK, "view.html", data)
	})
}

// importMap carries the integrity of the SDK's module, which import() has no place for.
func (p *Pages) importMap() template.HTML {
	if p.cfg.Player.SDKIntegrity == "" {
		return ""
	}
	text, err := json.Marshal(map[string]any{"integrity": map[string]string{p.cfg.Player.SDKURL: p.cfg.Player.SDKIntegrity}})
	if err != nil { // cannot happen: every string has a form in JSON
		return ""
	}
	return template.HTML(text) //nolint:gosec // json.Marshal escapes what could end the script
}

// SignedIn answers GET with the page on which a sign-in in a popup ends: behind an authenticator that
// redirects to its login, whoever gets to see it is signed in. It tells the page that opened it, which may
// be of an allowed origin that ?origin= names, and closes itself.
func (p *Pages) SignedIn() http.Handler {
	return getOnly(func(w http.ResponseWriter, r *http.Request) {
		if _, ok := identity.FromContext(r.Context()); !ok {
			p.fail(w, r, issuer.ErrNotSignedIn, "")
			return
		}
		data := p.page("")
		if from := r.URL.Query().Get("origin"); slices.Contains(p.cfg.AllowedOrigins, from) {
			data.Origin = from
		}
		p.show(w, r, http.StatusOK, "signed-in.html", data)
	})
}

// fail is the page of a refusal.
func (p *Pages) fail(w http.ResponseWriter, r *http.Request, err error, base string) {
	out := refusalFor(err)
	out.header(w.Header())
	data := p.page(base)
	data.Error = &ErrorPage{Code: out.code, Text: p.cfg.Strings.refused(out), Temporary: out.retry > 0}
	p.show(w, r, out.status, "error.html", data)
}

func (p *Pages) show(w http.ResponseWriter, r *http.Request, status int, name string, data Page) {
	data.Nonce = rand.Text()
	var body bytes.Buffer
	if err := p.templates.ExecuteTemplate(&body, name, data); err != nil {
		p.log.LogAttrs(r.Context(), slog.LevelError, "page not rendered", slog.String("page", name), slog.Any("error", err))
		http.Error(w, "This page cannot be shown.", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", p.security.policy(data.Nonce, data.View != nil))
	h.Set("Permissions-Policy", p.security.permissions)
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = body.WriteTo(w)
}
