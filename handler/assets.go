package handler

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // for the two files below
	"encoding/hex"
	"net/http"
	"time"
)

//go:embed assets/pme.js
var script []byte

//go:embed assets/pme.css
var style []byte

// Script answers GET with the browser module: import it, and use the element
//
//	<pme-space model="SxQL3iGyoDo"></pme-space>
//
// It expects the endpoints token, link and settings beside itself. It holds nothing private and may be
// served to anybody.
func Script() http.Handler { return asset("pme.js", "text/javascript; charset=utf-8", script) }

// Style answers GET with the style of the pages. It may be served to anybody.
func Style() http.Handler { return asset("pme.css", "text/css; charset=utf-8", style) }

// asset is asked for again each time it is used, and sent only when it has changed.
func asset(name, contentType string, content []byte) http.Handler {
	sum := sha256.Sum256(content)
	etag := `"` + hex.EncodeToString(sum[:8]) + `"`
	return getOnly(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Type", contentType)
		h.Set("Cache-Control", "no-cache")
		h.Set("ETag", etag)
		h.Set("X-Content-Type-Options", "nosniff")
		http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(content))
	})
}
