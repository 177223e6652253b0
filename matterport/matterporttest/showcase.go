package matterporttest

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"html/template"
	"net/http"
	"path"
	"slices"
	"strings"
)

//go:embed assets
var assets embed.FS

// pages are the Showcase page, show.html, and the drawing in it, room.svg.
var pages = template.Must(template.ParseFS(assets, "assets/show.html", "assets/room.svg"))

// showPolicy lets anyone frame the page, as Showcase does, and the page load nothing but its own parts.
const showPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " +
	"img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors *"

// serveShow is the stand-in Showcase page. What is shown, if anything, the page finds out from
// serveStatus: the answer here is the same for every model, so that the page of a private space says no
// more about it than that of one that does not exist.
func (s *Server) serveShow(w http.ResponseWriter, r *http.Request) {
	s.attempt(w, r, []string{"show"}, nil, func(w http.ResponseWriter) {
		id := r.URL.Query().Get("m")
		parts := "show/" // relative, so that the emulator may be mounted under a prefix
		if strings.HasSuffix(r.URL.Path, "/") {
			parts = ""
		}
		var page bytes.Buffer
		err := pages.ExecuteTemplate(&page, "show.html", map[string]any{
			"Model":     id,
			"Room":      drawRoom(id),
			"Parts":     parts,
			"SDKKey":    s.cfg.SDKKey,
			"ScriptURL": s.scriptURL(r),
		})
		if err != nil {
			http.Error(w, "could not draw the page", http.StatusInternalServerError)
			return
		}
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("Content-Security-Policy", showPolicy)
		h.Set("Referrer-Policy", "no-referrer") // the address may carry a token
		h.Set("X-Content-Type-Options", "nosniff")
		write(w, http.StatusOK, "text/html; charset=utf-8", page.Bytes())
	})
}

func (s *Server) scriptURL(r *http.Request) string {
	if s.cfg.SDKClientURL != "" {
		return s.cfg.SDKClientURL
	}
	return s.origin(r) + "/showcase-sdk/client/sdk-client.js"
}

// status is what the page shows of a session. A session that may not see the model learns only why.
type status struct {
	Access      bool    `json:"access"`
	Reason      string  `json:"reason,omitempty"` // why not: not_available, expired, revoked
	Name        string  `json:"name,omitempty"`
	Fingerprint string  `json:"fingerprint,omitempty"`
	Seconds     float64 `json:"seconds,omitempty"` // left of the token's life
}

// serveStatus tells the page about its model and token. It answers 200 in any case, because a browser
// reports every other status on its console, where a test looks for real errors.
func (s *Server) serveStatus(w http.ResponseWriter, r *http.Request) {
	s.attempt(w, r, []string{"status"}, nil, func(w http.ResponseWriter) {
		writeJSON(w, http.StatusOK, s.status(r.URL.Query().Get("m"), bearer(r)))
	})
}

// status decides whether a session with token (which may be empty) may see a model. A token that is no
// good is not made up for by the model being open: the real session would end with it.
func (s *Server) status(id, value string) status {
	model, fault := s.activeModel(id)
	now := s.now()
	s.mu.Lock()
	token, known := s.embeds[value]
	s.mu.Unlock()
	switch {
	case fault != nil:
		return status{Reason: "not_available"}
	case value == "" && model.open():
		return status{Access: true, Name: model.Name}
	case !known || !slices.Contains(token.Models, id):
		return status{Reason: "not_available"}
	case token.deleted:
		return status{Reason: "revoked"}
	case !token.live(now):
		return status{Reason: "expired"}
	}
	return status{
		Access:      true,
		Name:        model.Name,
		Fingerprint: Fingerprint(value),
		Seconds:     token.ValidUntil.Sub(now).Seconds(),
	}
}

// Fingerprint is what the page shows in a token's place: the first eight hexadecimal digits of its
// SHA-256.
func Fingerprint(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:4])
}

// contentTypes of the assets, by name. The page itself is not among them: it is a template.
var contentTypes = map[string]string{
	"show.css":      "text/css; charset=utf-8",
	"show.js":       "text/javascript; charset=utf-8",
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
