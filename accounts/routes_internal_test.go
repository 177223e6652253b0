package accounts

import (
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDocumentationListsTheRoutes(t *testing.T) {
	want := make(map[string][]string)
	for at, rt := range routes {
		name := strings.Replace(at, "/view/", "/view/{model}", 1)
		if name == "" {
			name = "."
		}
		if rt.each {
			name += "*"
		}
		for method := range rt.methods {
			if method != http.MethodHead {
				want[name] = append(want[name], method)
			}
		}
		slices.Sort(want[name])
	}
	text, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	listed := make(map[string][]string)
	for _, m := range regexp.MustCompile(`(?m)^//\t(GET|POST|DELETE) +(\S+) `).FindAllStringSubmatch(string(text), -1) {
		listed[m[2]] = append(listed[m[2]], m[1])
		slices.Sort(listed[m[2]])
	}
	if diff := cmp.Diff(want, listed); diff != "" {
		t.Errorf("documentation of the package (-routes +documented):\n%s", diff)
	}
}
