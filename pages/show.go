package pages

import (
	"bytes"
	"crypto/rand"
	"html/template"
	"log/slog"
	"net/http"
	"strings"

	"github.com/go-pme/pme/internal/answer"
)

// Show answers with the template of that name, filled with page. It sets the security headers that fit
// the page, a fresh nonce, and no-store. If the template fails, Show logs the error and answers 500
// with the built-in page of a refusal.
//
// Show does not check who asks.
func (p *Pages) Show(w http.ResponseWriter, r *http.Request, status int, name string, page Page) {
	page.Nonce = rand.Text()
	if page.Space != nil {
		page.Space.Strings, page.Space.ImportMap = page.element, p.importMap
		page.Space.Script, page.Space.Said = template.JS(viewScript), page.Words.forView() //nolint:gosec // it is ours
		if page.Space.Viewer != nil {
			page.Space.Sooner = p.sooner(r, page.Base, page.Nonce, false, []string{page.Space.Model}, page.Space.Viewer)
			page.Space.Frame = p.frame(page.Space.Model, page.Space.Params)
			page.Style = template.CSS(style) //nolint:gosec // it is ours. The page is drawn while the module is on its way
		}
	}
	var body bytes.Buffer
	if err := p.templates.ExecuteTemplate(&body, name, page); err != nil {
		p.cfg.Logger.LogAttrs(r.Context(), slog.LevelError, "page not rendered", slog.String("page", name), slog.Any("error", err))
		p.refuseBroken(w, r, page)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	if len(p.tongues) > 1 {
		h.Set("Content-Language", page.Words.Lang)
		h.Add("Vary", "Accept-Language")
	}
	h.Set("Content-Security-Policy", p.security.policy(page))
	h.Set("Permissions-Policy", p.security.permissions)
	h.Set("Referrer-Policy", referrer(page))
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = body.WriteTo(w)
}

// errBroken is the refusal for a page whose template fails.
var errBroken = answer.Refusal{Status: http.StatusInternalServerError, Code: "server_error", Text: "This page cannot be shown."}

// refuseBroken answers without the host's templates, one of which has failed.
func (p *Pages) refuseBroken(w http.ResponseWriter, r *http.Request, page Page) {
	plain := *p
	plain.templates = plainTemplates
	page.Space, page.Error, page.Data = nil, nil, nil
	plain.Refuse(w, r, errBroken, page)
}

// Refuse shows error.html for a refusal, in the host's words if Config.Strings has any for its code. It answers
// a script in JSON. The other fields of page.Error may be set beforehand. It is for the packages of this
// module.
func (p *Pages) Refuse(w http.ResponseWriter, r *http.Request, out answer.Refusal, page Page) {
	if answer.IsScript(r) {
		out.Text = page.Words.sentence(out)
		out.Write(w)
		return
	}
	var shown Refusal
	if page.Error != nil {
		shown = *page.Error
	}
	shown.Code, shown.Denied, shown.Temporary = out.Code, out.Code == "access_denied", out.Retry > 0 && (shown.Again != "" || isLook(r.Method))
	shown.Text = page.Words.sentence(out)
	shown.Head, shown.More, _ = strings.Cut(shown.Text, ". ")
	if shown.More != "" {
		shown.Head += "."
	}
	page.Error = &shown
	out.Header(w.Header())
	p.Show(w, r, out.Status, "error.html", page)
}

// isLook reports whether a link can repeat a request with that method.
func isLook(method string) bool { return method == http.MethodGet || method == http.MethodHead }

// RefuseMethod answers 405 for a page that answers the allowed methods only: a person with a page, all others
// in JSON.
func (p *Pages) RefuseMethod(w http.ResponseWriter, r *http.Request, page Page, allowed ...string) {
	if !answer.WantsPage(r) {
		answer.MethodNotAllowed(w, allowed...)
		return
	}
	w.Header().Set("Allow", strings.Join(allowed, ", "))
	p.Refuse(w, r, answer.WrongMethod, page)
}

// Fragment returns the template of that name, filled with page, for a page of the host's own. It has no
// nonce, so scripts in it do not run.
func (p *Pages) Fragment(name string, page Page) (template.HTML, error) {
	var b strings.Builder
	if err := p.templates.ExecuteTemplate(&b, name, page); err != nil {
		return "", err
	}
	return template.HTML(b.String()), nil //nolint:gosec // html/template has escaped it
}
