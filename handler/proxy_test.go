package handler_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/go-pme/pme/middleware"
)

// An old browser sends Origin alone, and the proxy has rewritten Host.
func TestRevokeBehindAProxyThatRewritesHost(t *testing.T) {
	p := newPortal(t, nil)
	behind, err := middleware.BehindProxy(middleware.ProxyConfig{BaseURL: "http://intranet.example.com/apps/portal"})
	if err != nil {
		t.Fatal(err)
	}
	app := http.StripPrefix("/pme", p.Handler)
	revoke := func(h http.Handler, origin string) *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/pme/revoke", nil)
		r.Host = "127.0.0.1:8080"
		r.Header.Set("Origin", origin)
		r.Header.Set("Person", "alice")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	if w := revoke(behind(app), "http://intranet.example.com"); w.Code != http.StatusOK {
		t.Errorf("with BaseURL: %d %s", w.Code, w.Body)
	}
	for origin, h := range map[string]http.Handler{"http://intranet.example.com": app, "https://evil.example.com": behind(app), "https://intranet.example.com": behind(app)} {
		p.log.Reset()
		w := revoke(h, origin)
		if body := w.Body.String(); w.Code != http.StatusForbidden || !strings.Contains(body, `"cross_origin"`) || !strings.Contains(body, "another site") || strings.Contains(body, "access") {
			t.Errorf("%s: %d %s", origin, w.Code, body)
		}
		for _, want := range []string{origin, "127.0.0.1:8080", "BaseURL", `"user":"alice"`, `"level":"WARN"`} {
			if !strings.Contains(p.log.String(), want) {
				t.Errorf("%s: %s is not in the log:\n%s", origin, want, p.log)
			}
		}
	}
}
