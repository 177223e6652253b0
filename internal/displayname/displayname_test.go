package displayname_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/go-pme/pme/internal/displayname"
)

func TestNamesAreCleaned(t *testing.T) {
	for name, want := range map[string]string{
		"":                                "",
		"Head office":                     "Head office",
		"Zürich, 2. Stock 🏢":              "Zürich, 2. Stock 🏢",
		" \tHead\r\noffice\n":             "Head  office",
		"a\u2028b\u2029c\u0085d":          "a b c d",
		"bell\a\x00null\x7f\x1b[31m":      "bellnull[31m",
		"\u202egnp.exe\u202c":             "gnp.exe",
		"\u2066a\u2067b\u2068c\u2069":     "abc",
		"a\u200eb\u200fc\u061cd\u202ae":   "abcde",
		"\u202e \u2069\n":                 "",
		"non\u00a0breaking":               "non\u00a0breaking",
		"\u0645\u06cc\u200c\u062e\u0648":  "\u0645\u06cc\u200c\u062e\u0648", // Persian needs its non-joiner
		"👩\u200d💻":                        "👩\u200d💻",
		"broken \xff\xfe":                 "broken \ufffd\ufffd",
		strings.Repeat("x", 200):          strings.Repeat("x", 200),
		strings.Repeat("x", 201):          strings.Repeat("x", 199) + "…",
		strings.Repeat("ä", 100_000):      strings.Repeat("ä", 199) + "…",
		strings.Repeat("x", 198) + "  yz": strings.Repeat("x", 198) + "…",
		strings.Repeat("x", 200) + " \n":  strings.Repeat("x", 200),
	} {
		if got := displayname.Clean(name); got != want {
			t.Errorf("Clean(%.40q) = %.80q, want %.80q", name, got, want)
		}
	}
}

func FuzzClean(f *testing.F) {
	f.Add("Head office")
	f.Add("\u202ea\xff\n" + strings.Repeat("ä", 300))
	f.Fuzz(func(t *testing.T, name string) {
		clean := displayname.Clean(name)
		if utf8.RuneCountInString(clean) > displayname.Max || !utf8.ValidString(clean) || strings.ContainsAny(clean, "\n\r\x00\u202e\u2066\u200f\u2028") {
			t.Errorf("Clean(%q) = %q", name, clean)
		}
		if again := displayname.Clean(clean); again != clean {
			t.Errorf("%q is not clean yet: %q", clean, again)
		}
	})
}
