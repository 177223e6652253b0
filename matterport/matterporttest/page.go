package matterporttest

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"path"
)

//go:embed assets
var assets embed.FS

// pages are the pages, and the drawing of a room.
var pages = template.Must(template.ParseFS(assets, "assets/*.html", "assets/room.svg"))

// writePage answers with a page that may load what policy says. Browsers and proxies must not cache it. Its address,
// which may hold a token or a code, is not sent as a Referer.
func writePage(w http.ResponseWriter, status int, policy, name string, data any) {
	var page bytes.Buffer
	if err := pages.ExecuteTemplate(&page, name, data); err != nil {
		http.Error(w, "could not draw the page", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", policy)
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	write(w, status, "text/html; charset=utf-8", page.Bytes())
}

// contentTypes of the assets, by name. Pages are not among them: they are templates.
var contentTypes = map[string]string{
	"page.css":      "text/css; charset=utf-8",
	"selector.js":   "text/javascript; charset=utf-8",
	"show.css":      "text/css; charset=utf-8",
	"show.js":       "text/javascript; charset=utf-8",
	"walk.js":       "text/javascript; charset=utf-8",
	"sdk.es6.js":    "text/javascript; charset=utf-8",
	"sdk-client.js": "text/javascript; charset=utf-8",
}

// serveAsset serves scripts and styles by their last path element: the SDK's addresses carry a version in
// the middle, and any version is served. Modules are imported across origins, hence the CORS header.
func serveAsset(w http.ResponseWriter, r *http.Request) {
	name := path.Base(r.URL.Path)
	contentType, ok := contentTypes[name]
	body, err := assets.ReadFile("assets/" + name)
	if !ok || err != nil {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Cache-Control", "no-cache")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.Set("X-Content-Type-Options", "nosniff")
	write(w, http.StatusOK, contentType, body)
}
