package answer_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/go-pme/pme/internal/answer"
)

func FuzzAppendString(f *testing.F) {
	for _, s := range []string{"", "token-_.~", `"\`, "</script>", "\x00\x1f\x7f", "ü\u2028", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var got string
		if err := json.Unmarshal(answer.AppendString(nil, s), &got); err != nil || (utf8.ValidString(s) && got != s) {
			t.Fatalf("%q became %q: %v", s, got, err)
		}
	})
}

func TestAnswersHaveOneForm(t *testing.T) {
	until := time.Date(2026, 1, 2, 16, 4, 5, 6, time.FixedZone("", 3600))
	for what, tc := range map[string]struct {
		write  func(http.ResponseWriter)
		status int
		want   string
	}{
		"token": {
			func(w http.ResponseWriter) { answer.Token(w, "a", 540) }, 200,
			`{"access_token":"a","token_type":"Bearer","expires_in":540}`,
		},
		"link": {
			func(w http.ResponseWriter) { answer.Link(w, "https://x/?a=1", until, 540) }, 200,
			`{"link":"https://x/?a=1","valid_until":"2026-01-02T15:04:05Z","expires_in":540}`,
		},
		"value": {
			func(w http.ResponseWriter) { answer.Value(w, map[string]int{"n": 1}) }, 200,
			`{"n":1}`,
		},
		"a value without a form in JSON": {
			func(w http.ResponseWriter) { answer.Value(w, func() {}) }, 500,
			`{"error":"upstream_error","error_description":"This cannot be shown."}`,
		},
	} {
		w := httptest.NewRecorder()
		tc.write(w)
		if w.Code != tc.status || w.Body.String() != tc.want+"\n" || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d %q %v", what, w.Code, w.Body, w.Header())
		}
	}
}
