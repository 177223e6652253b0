package pages_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme/pages"
)

// A compressing middleware in front has set Vary before; a cache must go by both.
func TestCORSAddsToVary(t *testing.T) {
	p := newPages(t, pages.Config{AllowedOrigins: []string{app}})
	h := p.CORS(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Header().Add("Vary", "Cookie") }))
	compressing := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Vary", "Accept-Encoding")
		h.ServeHTTP(w, r)
	})
	for _, from := range []string{app, "https://evil.example.com", ""} {
		for what, tc := range map[string]struct {
			handler http.Handler
			want    []string
		}{
			"alone":                           {h, []string{"Origin", "Cookie"}},
			"behind a compressing middleware": {compressing, []string{"Accept-Encoding", "Origin", "Cookie"}},
		} {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
			if from != "" {
				r.Header.Set("Origin", from)
			}
			w := httptest.NewRecorder()
			tc.handler.ServeHTTP(w, r)
			if diff := cmp.Diff(tc.want, w.Header()["Vary"]); diff != "" {
				t.Errorf("%q %s: Vary (-want +got):\n%s", from, what, diff)
			}
		}
	}
}

func TestWithoutOriginsCORSAddsNothing(t *testing.T) {
	h := newPages(t, pages.Config{}).CORS(http.NotFoundHandler())
	r := httptest.NewRequestWithContext(t.Context(), http.MethodOptions, "/", nil)
	r.Header.Set("Origin", app)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != http.StatusNotFound || w.Header().Get("Vary") != "" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
}
