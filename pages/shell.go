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
	"slices"
	"strings"
)

//go:embed pages/*.html
var pageFiles embed.FS

var builtIn = template.Must(template.ParseFS(pageFiles, "pages/*.html"))

// look is how pages are to look: what [PagesConfig] and [ConnectConfig] have in common.
type look struct {
	Player         Player
	Title          string
	Logger         *slog.Logger
	Strings        Strings
	Templates      *template.Template
	FrameAncestors []string
	AllowedOrigins []string
}

// shell is what all pages are made in.
type shell struct {
	cfg       look
	templates *template.Template
	security  security
	element   string // the element's words, in JSON
	importMap template.HTML
}

// newShell reports everything that is wrong with l.
func newShell(l look) (*shell, error) {
	var errs []error
	var err error
	l.Player, err = l.Player.checked()
	errs = append(errs, err, checkOrigins("AllowedOrigins", l.AllowedOrigins))
	secure, err := newSecurity(l.Player, l.FrameAncestors)
	errs = append(errs, err)
	templates, err := merged(l.Templates)
	errs = append(errs, err)
	l.Title = cmp.Or(l.Title, "Spaces")
	l.Strings = l.Strings.withDefaults()
	l.AllowedOrigins = slices.Clone(l.AllowedOrigins)
	if l.Logger == nil {
		l.Logger = slog.New(slog.DiscardHandler)
	}
	s := &shell{cfg: l, templates: templates, security: secure, importMap: importMap(l.Player)}
	if len(l.Strings.Element) > 0 {
		words, err := json.Marshal(l.Strings.Element)
		errs = append(errs, err)
		s.element = string(words)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return s, nil
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

// importMap carries the integrity of the SDK's module, which import() has no place for.
func importMap(p Player) template.HTML {
	if p.SDKIntegrity == "" {
		return ""
	}
	text, err := json.Marshal(map[string]any{"integrity": map[string]string{p.SDKURL: p.SDKIntegrity}})
	if err != nil { // cannot happen: every string has a form in JSON
		return ""
	}
	return template.HTML(text) //nolint:gosec // json.Marshal escapes what could end the script
}

// page is what every page is filled with. Relative addresses begin with base.
func (s *shell) page(base string) Page {
	return Page{
		Title: s.cfg.Title, Base: base, Home: cmp.Or(base, "./"), HomeName: s.cfg.Strings.AllSpaces, Words: s.cfg.Strings,
		ScriptName: ScriptName, StyleName: StyleName, ConnectScriptName: ConnectScriptName,
	}
}

// view is the page of one space, whose tokens come from endpoint.
func (s *shell) view(w http.ResponseWriter, r *http.Request, data Page, model, name, endpoint string) {
	data.View = &ViewPage{Model: model, Name: name, Endpoint: endpoint, Strings: s.element, ImportMap: s.importMap}
	data.Title = name
	data.needs.player = true
	s.show(w, r, http.StatusOK, "view.html", data)
}

// signedIn is the page on which a sign-in in a popup ends.
func (s *shell) signedIn(w http.ResponseWriter, r *http.Request, data Page) {
	data.Origin = s.opener(r)
	s.show(w, r, http.StatusOK, "signed-in.html", data)
}

// opener is the origin of the page that opened a popup: empty, or an allowed one.
func (s *shell) opener(r *http.Request) string {
	if from := r.URL.Query().Get("origin"); slices.Contains(s.cfg.AllowedOrigins, from) {
		return from
	}
	return ""
}

// fail is the page of a refusal. What data.Error has already stays.
func (s *shell) fail(w http.ResponseWriter, r *http.Request, err error, data Page) {
	out := refusalFor(err)
	out.header(w.Header())
	shown := ErrorPage{}
	if data.Error != nil {
		shown = *data.Error
	}
	shown.Code, shown.Text, shown.Temporary = out.code, s.cfg.Strings.refused(out), out.retry > 0
	shown.Head, shown.More, _ = strings.Cut(shown.Text, ". ")
	if shown.More != "" {
		shown.Head += "."
	}
	data.Error = &shown
	s.show(w, r, out.status, "error.html", data)
}

func (s *shell) show(w http.ResponseWriter, r *http.Request, status int, name string, data Page) {
	data.Nonce = rand.Text()
	var body bytes.Buffer
	if err := s.templates.ExecuteTemplate(&body, name, data); err != nil {
		s.cfg.Logger.LogAttrs(r.Context(), slog.LevelError, "page not rendered", slog.String("page", name), slog.Any("error", err))
		http.Error(w, "This page cannot be shown.", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", s.security.policy(data.Nonce, data.needs))
	h.Set("Permissions-Policy", s.security.permissions)
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = body.WriteTo(w)
}
