package answer_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme/internal/answer"
)

func TestErrorHasTheShapeOfOAuth(t *testing.T) {
	w := httptest.NewRecorder()
	w.Header().Set("Retry-After", "5")
	answer.Error(w, http.StatusUnauthorized, "login_required", `say "friend" & enter`,
		answer.Member{Name: "login_url", Value: "/login?a=1&b=2"})

	var got map[string]string
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
		t.Fatalf("body %q: %v", w.Body, err)
	}
	want := map[string]string{
		"error":             "login_required",
		"error_description": `say "friend" & enter`,
		"login_url":         "/login?a=1&b=2",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("body (-want +got):\n%s", diff)
	}
	wantHeader := http.Header{
		"Content-Type":           {"application/json"},
		"Cache-Control":          {"no-store"},
		"X-Content-Type-Options": {"nosniff"},
		"Retry-After":            {"5"},
	}
	if diff := cmp.Diff(wantHeader, w.Header()); diff != "" {
		t.Errorf("header (-want +got):\n%s", diff)
	}
	if w.Code != http.StatusUnauthorized {
		t.Errorf("status %d, want 401", w.Code)
	}
}

func TestExtraMembersCannotReplaceTheErrorCode(t *testing.T) {
	w := httptest.NewRecorder()
	answer.Error(w, http.StatusForbidden, "access_denied", "no", answer.Member{Name: "error", Value: "none"})
	if got, want := w.Body.String(), `{"error":"access_denied","error_description":"no"}`+"\n"; got != want {
		t.Errorf("body %q, want %q", got, want)
	}
}

func TestAddingToAnAnswersHeaderLeavesTheNextAnswerAlone(t *testing.T) {
	first := http.Header{}
	answer.JSON(first)
	for name := range first {
		first.Add(name, "added")
		first.Set(name, "replaced")
	}
	second := http.Header{}
	answer.JSON(second)
	want := http.Header{
		"Content-Type":           {"application/json"},
		"Cache-Control":          {"no-store"},
		"X-Content-Type-Options": {"nosniff"},
	}
	if diff := cmp.Diff(want, second); diff != "" {
		t.Errorf("header (-want +got):\n%s", diff)
	}
}

func TestJSONHeadersCostNoAllocation(t *testing.T) {
	h := make(http.Header, 8)
	if n := testing.AllocsPerRun(100, func() { clear(h); answer.JSON(h) }); n != 0 {
		t.Errorf("%v allocations, want none", n)
	}
}
