package asset_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/go-pme/pme/internal/asset"
)

const content = "export const one = 1;"

func ask(t *testing.T, h http.Handler, method, path string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func get(t *testing.T, h http.Handler, path string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	return ask(t, h, http.MethodGet, path, header...)
}

func TestLastingNameIsCached(t *testing.T) {
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

// Whatever the browser accepts, compressing is left to the host.
func TestContentIsNotCompressed(t *testing.T) {
	a := asset.New("one.js", asset.Script, []byte(content))
	for _, accept := range []string{"", "gzip", "br, gzip", "gzip;q=0", "GZIP", "x-gzip", "*", "identity;q=0", "gzip;q=0.001, identity;q=0", "*;q=0"} {
		for _, extra := range [][2]string{{}, {"Range", "bytes=0-3"}, {"If-Range", `"x"`}} {
			w := get(t, a, "/one.js", "Accept-Encoding", accept, extra[0], extra[1])
			if w.Code != http.StatusOK || w.Body.String() != content || w.Header().Get("Content-Encoding") != "" || w.Header().Get("Accept-Ranges") != "" {
				t.Errorf("%q %v: %d %v %s", accept, extra, w.Code, w.Header(), w.Body)
			}
		}
	}
	if w := ask(t, a, http.MethodHead, "/one.js"); w.Code != http.StatusOK || w.Body.Len() > 0 || w.Header().Get("Content-Type") != asset.Script {
		t.Errorf("HEAD: %d %v %s", w.Code, w.Header(), w.Body)
	}
}

func TestUnchangedContentIsNotSentAgain(t *testing.T) {
	a := asset.New("one.js", asset.Script, []byte(content))
	tag := get(t, a, "/one.js").Header().Get("ETag")
	strong, weak := strings.CutPrefix(tag, "W/")
	if !weak {
		t.Errorf("%s would have to differ between the content and what a middleware makes of it", tag)
	}
	for tags, want := range map[string]int{
		tag: 304, strong: 304, `"other", ` + tag: 304, strong + `, "other"`: 304, "*": 304,
		"": 200, `"other"`: 200, `W/"other"`: 200, `"` + strings.Trim(strong, `"`)[1:] + `"`: 200,
	} {
		w := get(t, a, "/one.js", "If-None-Match", tags)
		if w.Code != want || (want == http.StatusNotModified) != (w.Body.Len() == 0) || w.Header().Get("ETag") != tag {
			t.Errorf("%s: %d %v", tags, w.Code, w.Header())
		}
	}
	if w := get(t, a, "/one.js", "If-None-Match", `"other"`, "If-None-Match", tag); w.Code != http.StatusNotModified {
		t.Errorf("in a second line: %d", w.Code)
	}
}
