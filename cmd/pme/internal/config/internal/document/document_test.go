package document_test

import (
	"strings"
	"testing"

	"github.com/go-pme/pme/cmd/pme/internal/config/internal/document"
)

func TestTheLineOfWhatIsNoYAML(t *testing.T) {
	for text, line := range map[string]int{
		"a: b\nc: \"d\n":                 2,
		"a:\n  b: c\n d: e\n":            3,
		"a: b\nc d\ne: f\n":              3, // the parser looks for the colon up to here
		"a: b: c\n":                      1,
		"a: [b\nc: d\n":                  2,
		"a: @b\n":                        1,
		"a: \"\\q\"\n":                   1,
		"# x\n\n\tb: c\n":                3,
		"%YAML 1.2\n---\na: b\n":         1,
		"a: b\n---\nc: d\n":              2,
		"a: *b\n":                        1,
		strings.Repeat("[", 20_000):      1,
		strings.Repeat("a: b\n", 40_000): 0,
	} {
		root, problems := document.Parse([]byte(text))
		if line == 0 {
			if root == nil || len(problems) > 0 {
				t.Errorf("%.40q: %v", text, problems)
			}
			continue
		}
		if len(problems) != 1 || problems[0].Line != line || problems[0].Text == "" || problems[0].Remedy == "" {
			t.Errorf("%.40q: %+v, want a problem at line %d", text, problems, line)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{"a: b\n", "[", "a: *b", "? [a]\n: b", "--- |\n a\n...\n", "\ufeff", "%TAG ! tag:x,2000:\n---\na"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		root, problems := document.Parse(data)
		if root == nil && len(problems) == 0 {
			t.Error("neither a document nor a problem")
		}
		for _, p := range problems {
			if p.Line < 1 || p.Text == "" || p.Remedy == "" {
				t.Errorf("%+v", p)
			}
		}
	})
}
