package pme_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestMountPointWithoutItsSlashLeadsToIt(t *testing.T) {
	h, _ := newHandler(t, nil)
	for prefix, target := range map[string]string{"/pme": "/pme", "/a/b c": "/a/b%20c", "/evil": "/evil?x=//y"} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, target, nil)
		w := httptest.NewRecorder()
		http.StripPrefix(prefix, h).ServeHTTP(w, r)
		at, err := r.URL.Parse(w.Header().Get("Location"))
		if err != nil || w.Code != http.StatusTemporaryRedirect || at.Path != prefix+"/" {
			t.Errorf("%s: %d to %v", target, w.Code, at)
		}
	}
}

func TestMountServesTheSameAsStripPrefix(t *testing.T) {
	h, _ := newHandler(t, nil)
	mounted, stripped := http.NewServeMux(), http.NewServeMux()
	h.Mount(mounted, "/pme/")
	stripped.Handle("/pme/", http.StripPrefix("/pme", h))
	for _, path := range []string{"", "/", "/models", "/pme.js", "/settings", "/view/" + office, "/nothing", "/token", "/view/"} {
		var codes []int
		for _, mux := range []*http.ServeMux{mounted, stripped} {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/pme"+path, nil)
			r.Header.Set("Person", "alice")
			w := httptest.NewRecorder()
			mux.ServeHTTP(w, r)
			codes = append(codes, w.Code)
		}
		if codes[0] != codes[1] {
			t.Errorf("%q: %v", path, codes)
		}
	}
}

func TestMountTakesAnyPlainPath(t *testing.T) {
	h, _ := newHandler(t, nil)
	for prefix, at := range map[string]string{"": "", "/": "", "/pme": "/pme", "/pme/": "/pme", "/a/b-c_d.e~f": "/a/b-c_d.e~f", "/räume": "/räume"} {
		mux := http.NewServeMux()
		h.Mount(mux, prefix)
		for _, target := range []string{"/", "/token?modelId=" + office, "/view/" + office, "/pme.js"} {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, at+target, nil)
			r.Header.Set("Person", "alice")
			w := httptest.NewRecorder()
			mux.ServeHTTP(w, r)
			if w.Code != http.StatusOK {
				t.Errorf("%q %s: %d", prefix, target, w.Code)
			}
		}
	}
}

func TestMountRejectsWhatIsNoPlainPath(t *testing.T) {
	h, _ := newHandler(t, nil)
	for _, prefix := range []string{
		"pme", "pme/", "/pme//", "//", "//pme", "/a//b", "/a/../b", "/..", "/a/.", "/{tenant}", "/{tenant...}", "/{$}", "/a b", " /pme", "GET /pme", "/a\tb",
		"/a%2fb", "/a?b", "/a#b", `/a\b`, "example.com/pme", "https://example.com/pme",
	} {
		func() {
			defer func() {
				if said, _ := recover().(string); !strings.Contains(said, "want a path such as \"/pme\"") {
					t.Errorf("%q: %q", prefix, said)
				}
			}()
			h.Mount(http.NewServeMux(), prefix)
		}()
	}
}

// A proxy has taken /apps/portal off: an address with a slash at its beginning would lead out of it.
func TestMountedWithoutItsSlashIsRightBehindAProxy(t *testing.T) {
	h, _ := newHandler(t, nil)
	for prefix, target := range map[string]string{"/pme": "/pme?q=a%20b&c", "/a/b": "/a/b", "/räume": "/r%C3%A4ume"} {
		mux := http.NewServeMux()
		mux.HandleFunc("GET /{page}", http.NotFound) // of the application's own
		h.Mount(mux, prefix)
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			r := httptest.NewRequestWithContext(t.Context(), method, target, nil)
			w := httptest.NewRecorder()
			mux.ServeHTTP(w, r)
			outside := httptest.NewRequestWithContext(t.Context(), method, "/apps/portal"+target, nil)
			at, err := outside.URL.Parse(w.Header().Get("Location"))
			if err != nil || w.Code != http.StatusTemporaryRedirect || at.Path != "/apps/portal"+prefix+"/" || at.RawQuery != r.URL.RawQuery || at.Host != "" {
				t.Errorf("%s %s: %d to %v", method, target, w.Code, at)
			}
		}
	}
}
