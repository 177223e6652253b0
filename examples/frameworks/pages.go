package main

import (
	"cmp"
	"embed"
	"html/template"
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/pages"
)

//go:embed pages
var files embed.FS

// company has the parts "header" and "footer", for the pages of pme as well as for those of the website.
var (
	company = template.Must(template.ParseFS(files, "pages/company.html"))
	website = template.Must(template.ParseFS(files, "pages/*.html"))
)

// page is what the website's templates are filled with. The company's parts use User only, which pages.Page has, too.
type page struct {
	Title, User string
	Data        any
}

// application is a page of the website.
type application struct{ Bundle, Title string }

var applications = []application{{"react18", "React 18"}, {"react19", "React 19"}, {"vue", "Vue"}, {"htmx", "htmx"}}

func (s *site) home(w http.ResponseWriter, r *http.Request) {
	s.show(w, r, http.StatusOK, "home.html", page{Title: "Tideline", Data: applications})
}

// application shows the page that the bundle draws in.
func (s *site) application(one application) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.show(w, r, http.StatusOK, "application.html", page{Title: one.Title, Data: one})
	}
}

func (s *site) show(w http.ResponseWriter, r *http.Request, status int, name string, p page) {
	if user, ok := identity.FromContext(r.Context()); ok {
		p.User = user.Name
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", s.csp)
	w.WriteHeader(status)
	if err := website.ExecuteTemplate(w, name, p); err != nil {
		s.log.ErrorContext(r.Context(), "page not written", slog.Any("error", err))
	}
}

func style(w http.ResponseWriter, r *http.Request) {
	http.ServeFileFS(w, r, files, "pages/company.css")
}

// policy is the Content-Security-Policy of the website: files of its own, and what <pme-space> needs (docs/browser.md).
func policy(cfg pages.Config) string {
	showcase := origin(cmp.Or(cfg.ShowcaseURL, "https://my.matterport.com"))
	sdk := origin(cmp.Or(cfg.SDKURL, "https://static.matterport.com"))
	return strings.Join([]string{
		"default-src 'none'",
		"script-src 'self' " + sdk + " " + showcase,
		"frame-src " + showcase,
		"style-src 'self'",
		"img-src 'self' data: https: " + showcase,
		"connect-src 'self'",
		"form-action 'self'",
		"base-uri 'none'",
		"frame-ancestors 'none'",
	}, "; ")
}

func origin(address string) string {
	u, err := url.Parse(address)
	if err != nil { // pme.New reports it
		return "'none'"
	}
	return u.Scheme + "://" + u.Host
}
