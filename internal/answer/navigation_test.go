package answer_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/go-pme/pme/internal/answer"
)

func TestWhoAsks(t *testing.T) {
	type verdict struct{ navigation, page, script, json bool }
	for what, tc := range map[string]struct {
		method string
		header map[string]string
		want   verdict
	}{
		"a page in the window":       {"GET", map[string]string{"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document", "Accept": "text/html,*/*"}, verdict{true, true, false, false}},
		"a page in a frame":          {"GET", map[string]string{"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe", "Accept": "text/html"}, verdict{false, true, false, false}},
		"a form of a page":           {"POST", map[string]string{"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document", "Accept": "text/html"}, verdict{false, true, false, false}},
		"a script":                   {"GET", map[string]string{"Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty", "Accept": "application/json"}, verdict{false, false, true, true}},
		"a script that reads a page": {"GET", map[string]string{"Sec-Fetch-Mode": "cors", "Accept": "text/html, application/json"}, verdict{false, false, true, false}},
		"an old browser":             {"GET", map[string]string{"Accept": "Text/HTML"}, verdict{true, true, false, false}},
		"an old browser's script":    {"GET", map[string]string{"Accept": "text/html", "X-Requested-With": "XMLHttpRequest"}, verdict{false, false, true, false}},
		"an old browser's form":      {"POST", map[string]string{"Accept": "text/html"}, verdict{false, true, false, false}},
		"an old script for JSON":     {"GET", map[string]string{"Accept": "application/json, */*"}, verdict{false, false, true, true}},
		"a program":                  {"GET", map[string]string{"Accept": "*/*"}, verdict{}},
		"a HEAD of the window":       {"HEAD", map[string]string{"Accept": "text/html"}, verdict{true, true, false, false}},
	} {
		r := httptest.NewRequestWithContext(t.Context(), tc.method, "/", nil)
		for name, value := range tc.header {
			r.Header.Set(name, value)
		}
		if got := (verdict{answer.IsNavigation(r), answer.WantsPage(r), answer.IsScript(r), answer.WantsJSON(r)}); got != tc.want {
			t.Errorf("%s: %+v, want %+v", what, got, tc.want)
		}
	}
}

func TestRedirectLeavesNoTrace(t *testing.T) {
	w := httptest.NewRecorder()
	answer.Redirect(w, "https://login.example.com/?state=secret", http.StatusSeeOther)
	h := w.Header()
	if w.Code != http.StatusSeeOther || h.Get("Location") != "https://login.example.com/?state=secret" || h.Get("Cache-Control") != "no-store" || h.Get("Referrer-Policy") != "no-referrer" {
		t.Errorf("%d %v", w.Code, h)
	}
}

func TestOtherMethodsAreNotAllowed(t *testing.T) {
	served := 0
	h := answer.GetOnly(func(http.ResponseWriter, *http.Request) { served++ })
	for method, want := range map[string]int{"GET": 200, "HEAD": 200, "POST": 405, "BREW": 405} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), method, "/", nil))
		if w.Code != want || (want == 405) != (w.Header().Get("Allow") == "GET") {
			t.Errorf("%s: %d %v", method, w.Code, w.Header())
		}
	}
	if served != 2 {
		t.Errorf("served %d requests, want 2", served)
	}
	w := httptest.NewRecorder()
	if answer.OnlyMethod(w, httptest.NewRequestWithContext(t.Context(), http.MethodHead, "/", nil), http.MethodPost) {
		t.Error("HEAD passes for POST")
	}
}
