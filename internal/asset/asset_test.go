package asset_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/go-pme/pme/internal/asset"
)

const content = "export const one = 1;"

func get(t *testing.T, h http.Handler, path string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestLastingNameIsKept(t *testing.T) {
	a := asset.New("one.js", asset.Script, []byte(content))
	if other := asset.New("one.js", asset.Script, []byte(content+" ")); other.Lasting == a.Lasting || !strings.HasPrefix(a.Lasting, "one.") || !strings.HasSuffix(a.Lasting, ".js") {
		t.Errorf("%s and %s", a.Lasting, other.Lasting)
	}
	for path, want := range map[string]string{"/pme/" + a.Lasting: "public, max-age=31536000, immutable", "/one.js": "no-cache", "/one.0000000000000000.js": "no-cache"} {
		w := get(t, a, path)
		if w.Code != http.StatusOK || w.Header().Get("Cache-Control") != want || w.Body.String() != content || w.Header().Get("Content-Type") != asset.Script {
			t.Errorf("%s: %d %v %s", path, w.Code, w.Header(), w.Body)
		}
	}
}

func TestCompressedContentIsTheSame(t *testing.T) {
	a := asset.New("one.js", asset.Script, []byte(content))
	whole, small := get(t, a, "/one.js"), get(t, a, "/one.js", "Accept-Encoding", "br, gzip")
	if small.Header().Get("Content-Encoding") != "gzip" || small.Header().Get("ETag") == whole.Header().Get("ETag") {
		t.Errorf("%v", small.Header())
	}
	unpacked, err := gzip.NewReader(small.Body)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(unpacked); err != nil || string(text) != content {
		t.Errorf("%v %s", err, text)
	}
	if again := get(t, a, "/one.js", "If-None-Match", whole.Header().Get("ETag")); again.Code != http.StatusNotModified {
		t.Errorf("unchanged: %d", again.Code)
	}
}
