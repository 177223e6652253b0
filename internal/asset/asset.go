// Package asset serves the browser modules and the style that are compiled into the program.
package asset

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/go-pme/pme/internal/answer"
)

// The types of content that there are.
const (
	Script = "text/javascript; charset=utf-8"
	Style  = "text/css; charset=utf-8"
)

// An Asset answers GET with its content. Under the name Lasting, which changes with the content,
// browsers keep it for as long as they like. Under any other name they ask each time whether it has
// changed. It is public: it needs no gate, and pages of every origin may load it.
type Asset struct {
	Lasting string // the name with a hash in it, such as pme.0123456789abcdef.js
	http.Handler
}

// New makes an asset. name, such as pme.js, gives Lasting its beginning and its end.
func New(name, contentType string, content []byte) *Asset {
	a := &Asset{Lasting: hashed(name, content)}
	a.Handler = serve(a.Lasting, contentType, content)
	return a
}

func hash(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:8])
}

func hashed(name string, content []byte) string {
	ext := path.Ext(name)
	return strings.TrimSuffix(name, ext) + "." + hash(content) + ext
}

func serve(lasting, contentType string, content []byte) http.Handler {
	etag := hash(content)
	small := compressed(content)
	return answer.GetOnly(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Type", contentType)
		h.Set("Cache-Control", "no-cache")
		if path.Base(r.URL.Path) == lasting {
			h.Set("Cache-Control", "public, max-age=31536000, immutable")
		}
		h.Set("Access-Control-Allow-Origin", "*") // modules are imported with CORS, and this one is public
		h.Set("Cross-Origin-Resource-Policy", "cross-origin")
		h.Add("Vary", "Accept-Encoding")
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
