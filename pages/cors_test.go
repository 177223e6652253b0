package pages_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
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

func preflight(t *testing.T, h http.Handler, origin string, asked ...string) http.Header {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodOptions, "/", nil)
	r.Header.Set("Origin", origin)
	r.Header.Set("Access-Control-Request-Method", http.MethodGet)
	r.Header["Access-Control-Request-Headers"] = asked
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Header()
}

func TestPreflightAllowsWhatIsAskedFor(t *testing.T) {
	h := newPages(t, pages.Config{AllowedOrigins: []string{app}}).CORS(http.NotFoundHandler())
	const always = "Authorization, X-Requested-With"
	for _, tc := range []struct {
		asked []string
		want  string
	}{
		{nil, always},
		{[]string{""}, always},
		{[]string{"authorization"}, always + ", authorization"},
		{[]string{"baggage,sentry-trace,traceparent,tracestate"}, always + ", baggage, sentry-trace, traceparent, tracestate"},
		{[]string{"Baggage , \tX-B3-TraceId,,x_y.z"}, always + ", Baggage, X-B3-TraceId, x_y.z"},
		{[]string{"traceparent", "baggage"}, always + ", traceparent, baggage"},
		{[]string{"*"}, always},
		{[]string{"a b,c:d,e\x00,ü,<script>,\"q\",ok"}, always + ", ok"},
		{[]string{strings.Repeat("x", 2048)}, always + ", " + strings.Repeat("x", 2048)},
		{[]string{strings.Repeat("x", 2049)}, always},
		{[]string{strings.Repeat("a,", 1025)}, always},
	} {
		if got := preflight(t, h, app, tc.asked...); got.Get("Access-Control-Allow-Headers") != tc.want || len(got["Access-Control-Allow-Headers"]) != 1 {
			t.Errorf("%q: %q, want %q", tc.asked, got["Access-Control-Allow-Headers"], tc.want)
		}
	}
}

func TestPreflightOfAnotherOriginIsAllowedNothing(t *testing.T) {
	h := newPages(t, pages.Config{AllowedOrigins: []string{app}}).CORS(http.NotFoundHandler())
	for _, from := range []string{"https://evil.example.com", "null", "", "*", app + ".evil.example.com", app + "/"} {
		for name := range preflight(t, h, from, "traceparent") {
			if strings.HasPrefix(name, "Access-Control-") {
				t.Errorf("%q gets %s", from, name)
			}
		}
	}
}
