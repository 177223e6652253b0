package pages

import (
	"cmp"
	"encoding/json"
	"html/template"
	"net/http"
	"slices"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/wording"
)

// Pages renders pages in one look. It is safe for concurrent use.
type Pages struct {
	cfg       Config // checked, defaults filled in
	title     string // in all languages; empty: as each language has it
	templates *template.Template
	security  security
	tongues   []tongue
	choice    wording.Choice
	importMap template.HTML
}

// New checks cfg. The error names every field that is wrong, and what to write instead. New does not
// execute the templates: one that fails does so when its page is shown.
func New(cfg Config) (*Pages, error) {
	title := cfg.Title
	cfg = cfg.withDefaults()
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	return &Pages{
		cfg:       cfg,
		title:     title,
		templates: merged(builtIn, cfg.Templates),
		security:  newSecurity(cfg),
		tongues:   newTongues(cfg.Languages),
		choice:    newChoice(cfg.Languages),
		importMap: importMap(cfg),
	}, nil
}

// importMap carries the integrity of the SDK's module, which import() has no place for.
func importMap(cfg Config) template.HTML {
	if cfg.SDKIntegrity == "" {
		return ""
	}
	text, _ := json.Marshal(map[string]any{"integrity": map[string]string{cfg.SDKURL: cfg.SDKIntegrity}}) // has a form in JSON
	return template.HTML(text)                                                                            //nolint:gosec // json.Marshal escapes what could end the script
}

// With returns pages that also have these templates. Those of Config.Templates replace them as they
// replace the built-in ones. t must not have been executed, and may be shared.
func (p *Pages) With(t *template.Template) *Pages {
	more := *p
	more.templates = merged(builtIn, t, p.cfg.Templates)
	return &more
}

// Config returns the checked configuration, with all defaults. Its maps and slices are shared: do not
// change them.
func (p *Pages) Config() Config { return p.cfg }

// Page returns what every page is filled with. base leads from the page to the directory that holds the
// style and the browser module: "" if that is its own, or "../", or a path. Origin is set if the query
// of r names an allowed origin, and User if r has passed a gate.
func (p *Pages) Page(r *http.Request, base string) Page {
	assets, page := bundled(), p.plain(r)
	page.Base, page.Home = base, cmp.Or(base, "./")
	page.ScriptName, page.StyleName, page.GalleryName = assets.script.Lasting, assets.style.Lasting, assets.gallery.Lasting
	return page
}

// Standalone returns what a page is filled with that may be at any address of the application, such as that of
// a gate: it has its style in itself, and knows neither the assets nor the gallery.
func (p *Pages) Standalone(r *http.Request) Page {
	page := p.plain(r)
	page.Style = template.CSS(style) //nolint:gosec // it is ours
	return page
}

// plain is what all pages have in common.
func (p *Pages) plain(r *http.Request) Page {
	spoken := p.speak(r)
	page := Page{
		Title: cmp.Or(p.title, spoken.words.Title), HomeName: spoken.words.AllSpaces, Words: spoken.words, element: spoken.element,
		Origin: p.opener(r), Contact: p.cfg.ContactURL, SignOut: p.cfg.SignOutURL, Site: p.cfg.HomeURL,
	}
	if u, ok := identity.FromContext(r.Context()); ok {
		page.User = nameOf(u)
	}
	return page
}

// opener is the allowed origin that the query names, if it names one.
func (p *Pages) opener(r *http.Request) string {
	if from := r.URL.Query().Get("origin"); slices.Contains(p.cfg.AllowedOrigins, from) {
		return from
	}
	return ""
}
