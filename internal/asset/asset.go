// Package asset serves the browser modules and the style that are compiled into the program.
package asset

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"path"
	"slices"
	"strings"

	"github.com/go-pme/pme/internal/answer"
)

// The types of content that there are.
const (
	Script    = "text/javascript; charset=utf-8"
	SourceMap = "text/plain; charset=utf-8"
	Style     = "text/css; charset=utf-8"
)

// An Asset answers GET with its content. Under the name Lasting, which changes with the content,
// browsers keep it for as long as they like. Under any other name they ask each time whether it has
// changed. It is public: it needs no gate, and pages of every origin may load it.
//
// An Asset does not compress its content: the host's middleware or proxy does, and not every middleware
// notices that a body is compressed already. It answers no ranges either, because a middleware would
// compress a part as if it were the whole.
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
	// Weak, because the tag must also be true of the bytes that a compressing middleware makes of the content.
	tag := `W/"` + hash(content) + `"`
	return answer.GetOnly(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Cache-Control", "no-cache")
		if path.Base(r.URL.Path) == lasting {
			h.Set("Cache-Control", "public, max-age=31536000, immutable")
		}
		h.Set("Access-Control-Allow-Origin", "*") // modules are imported with CORS, and this one is public
		h.Set("Cross-Origin-Resource-Policy", "cross-origin")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("ETag", tag)
		if unchanged(r, tag) {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		h.Set("Content-Type", contentType)
		w.WriteHeader(http.StatusOK)
		if r.Method == http.MethodGet {
			_, _ = w.Write(content)
		}
	})
}

// unchanged reports whether the browser has the content with that tag. Tags are compared weakly (RFC 9110
// §13.1.2).
func unchanged(r *http.Request, tag string) bool {
	strong := strings.TrimPrefix(tag, "W/")
	return slices.ContainsFunc(r.Header["If-None-Match"], func(list string) bool {
		return strings.TrimSpace(list) == "*" || strings.Contains(list, strong)
	})
}
