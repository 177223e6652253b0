// Package spelling recognizes names that differ only in how they are spelled: in letter case, invisible
// characters, spaces or accents.
//
// It serves explanations, never decisions: two names with the same key can belong to different people.
package spelling

import (
	"slices"
	"strings"
	"unicode"

	"github.com/go-pme/pme/internal/legible"
)

// steps remove one kind of difference each. None of them depends on the others having run.
var steps = []struct {
	difference string
	remove     func(string) string
}{
	{"letter case", strings.ToLower},
	{"invisible characters", onlyVisible},
	{"spaces", plainSpaces},
	{"accents", plainLetters},
}

// Key returns s without the differences that this package knows. Names with the same key differ in
// spelling only. The key of a name of spaces is empty.
func Key(s string) string { return keyWithout(-1, s) }

// Differences says in what the spelling of two names with the same key differs, such as "letter case and
// spaces". It is empty for equal names.
func Differences(a, b string) string {
	if a == b {
		return ""
	}
	var found []string
	for i, step := range steps {
		if keyWithout(i, a) != keyWithout(i, b) {
			found = append(found, step.difference)
		}
	}
	if len(found) == 0 { // more than one step removes it
		return "letters that look alike"
	}
	return strings.Join(found, " and ")
}

// keyWithout takes all steps but one.
func keyWithout(skipped int, s string) string {
	for i, step := range steps {
		if i != skipped {
			s = step.remove(s)
		}
	}
	return s
}

func onlyVisible(s string) string {
	return strings.Map(func(r rune) rune {
		if legible.IsInvisible(r) {
			return -1
		}
		return r
	}, s)
}

// plainSpaces removes spaces around s, and leaves one space between words.
func plainSpaces(s string) string { return strings.Join(strings.Fields(s), " ") }

// plainLetters removes accents, whether they are part of a letter (NFC) or stand after it (NFD).
func plainLetters(s string) string {
	return strings.Map(func(r rune) rune {
		if r <= unicode.MaxASCII {
			return r
		}
		if unicode.Is(unicode.Mn, r) && !legible.IsInvisible(r) {
			return -1
		}
		i := slices.Index(accented, unicode.ToLower(r))
		switch {
		case i < 0:
			return r
		case unicode.IsUpper(r):
			return unicode.ToUpper(plain[i])
		}
		return plain[i]
	}, s)
}

// The letters of Latin-1 and Latin Extended-A that Unicode decomposes into a letter and an accent, and
// these letters. The standard library has no table of decompositions; other scripts go without.
var (
	accented = []rune("àáâãäåçèéêëìíîïñòóôõöùúûüýÿāăąćĉċčďēĕėęěĝğġģĥĩīĭįĵķĺļľńņňōŏőŕŗřśŝşšţťũūŭůűųŵŷźżž")
	plain    = []rune("aaaaaaceeeeiiiinooooouuuuyyaaaccccdeeeeegggghiiiijklllnnnooorrrssssttuuuuuuwyzzz")
)
