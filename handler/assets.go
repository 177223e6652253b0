package handler

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	_ "embed" // for the files below
	"encoding/hex"
	"net/http"
	"path"
	"strings"
	"time"
)

//go:embed assets/pme.js
var script []byte

//go:embed assets/connect.js
var connectScript []byte

//go:embed assets/pme.css
var style []byte

// ScriptName, ConnectScriptName and StyleName are the names under which the pages load the browser modules
// and their style: with a hash of the content in them, so that browsers may keep them for as long as they like.
var (
	ScriptName        = hashed("pme.js", script)
	ConnectScriptName = hashed("connect.js", connectScript)
	StyleName         = hashed("pme.css", style)
)

// Script answers GET with the browser module: import it, and use the element
//
//	<pme-space model="SxQL3iGyoDo"></pme-space>
//
// It expects the endpoints token, link, settings and signed-in beside itself, and may be served under any
// name; under [ScriptName] browsers keep it. It holds nothing private and may be served to anybody.
func Script() http.Handler { return asset(ScriptName, "text/javascript; charset=utf-8", script) }

// ConnectScript answers GET with the browser module for connecting accounts, which drives the page of
// [Connect] and may be imported by pages of the host's own: see connect.d.ts. [Connect] serves it beside
// its endpoints; one that is served elsewhere has to be told where they are. It may be served to anybody.
func ConnectScript() http.Handler {
	return asset(ConnectScriptName, "text/javascript; charset=utf-8", connectScript)
}

// Style answers GET with the style of the pages, under any name; under [StyleName] browsers keep it. It
// may be served to anybody.
func Style() http.Handler { return asset(StyleName, "text/css; charset=utf-8", style) }

func hash(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:8])
}

func hashed(name string, content []byte) string {
	ext := path.Ext(name)
	return strings.TrimSuffix(name, ext) + "." + hash(content) + ext
}

// asset is kept for good where its address says which version it is. Under another name it is asked for
// again each time it is used, and sent only when it has changed.
func asset(lasting, contentType string, content []byte) http.Handler {
	etag := hash(content)
	small := compressed(content)
	return getOnly(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Type", contentType)
		h.Set("Cache-Control", "no-cache")
		if path.Base(r.URL.Path) == lasting {
			h.Set("Cache-Control", "public, max-age=31536000, immutable")
		}
		h.Set("Access-Control-Allow-Origin", "*") // modules are imported with CORS, and this one is public
		h.Set("Cross-Origin-Resource-Policy", "cross-origin")
		h.Set("Vary", "Accept-Encoding")
		h.Set("X-Content-Type-Options", "nosniff")
		body, tag := content, etag
		if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			body, tag = small, etag+"-gzip"
			h.Set("Content-Encoding", "gzip")
		}
		h.Set("ETag", `"`+tag+`"`)
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
	})
}

func compressed(content []byte) []byte {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // the level is valid
	_, _ = w.Write(content)                               // a buffer takes everything
	_ = w.Close()
	return b.Bytes()
}
