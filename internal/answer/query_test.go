package answer_test

import (
	"net/url"
	"slices"
	"testing"

	"github.com/go-pme/pme/internal/answer"
)

// FuzzModelIDs compares the parser with the standard library's.
func FuzzModelIDs(f *testing.F) {
	for _, query := range []string{
		"modelId=SxQL3iGyoDo", "modelId=a&modelId=b", "a=b&modelId=%41+%2B", "modelId", "modelId=%zz", "&&=&", "modelId=a;b", "%6dodelId=x", "modelId==",
	} {
		f.Add(query)
	}
	f.Fuzz(func(t *testing.T, query string) {
		var room [4]string
		got, err := answer.ModelIDs(room[:0], query)
		want, wantErr := url.ParseQuery(query)
		if err != nil {
			if wantErr == nil && len(query) <= answer.MaxQuery {
				t.Fatalf("%q: refused", query)
			}
			return
		}
		if wantErr != nil || !slices.Equal(got, want["modelId"]) {
			t.Fatalf("%q: %q, want %q, %v", query, got, want["modelId"], wantErr)
		}
	})
}
