// Package displayname makes the names that others have given to spaces fit to be shown.
package displayname

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Max is how many characters a name has at most.
const Max = 200

// Clean returns name without what could disguise it or the text around it: line breaks and tabs become
// spaces; other control characters and those that turn the direction of writing are left out. Bytes that are not
// UTF-8 become U+FFFD. A name of more than [Max] characters is cut, and ends in an ellipsis then. Spaces around
// the name are removed, so the result can be empty.
//
// It does not escape anything.
func Clean(name string) string {
	if isPlain(name) {
		return name
	}
	var b strings.Builder
	n := 0
	for _, r := range strings.TrimFunc(name, isBlank) {
		switch {
		case isBreak(r):
			r = ' '
		case isHidden(r):
			continue
		}
		if n++; n > Max {
			return cut(b.String())
		}
		b.WriteRune(r)
	}
	return b.String()
}

// isBlank reports whether r shows nothing where a name begins or ends.
func isBlank(r rune) bool { return unicode.IsSpace(r) || isHidden(r) }

// isBreak reports whether r separates lines, or words in another way than a space does.
func isBreak(r rune) bool {
	return r == '\u2028' || r == '\u2029' || unicode.IsControl(r) && unicode.IsSpace(r)
}

// isHidden reports whether r is never seen, and no language is written with it.
func isHidden(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) }

// cut makes room for the ellipsis in a name of Max characters.
func cut(name string) string {
	_, last := utf8.DecodeLastRuneInString(name)
	return strings.TrimRight(name[:len(name)-last], " ") + "…"
}

// isPlain reports whether name is short ASCII that can stay as it is, like most names.
func isPlain(name string) bool {
	for i := range len(name) {
		if name[i] < ' ' || name[i] > '~' {
			return false
		}
	}
	return len(name) <= Max && strings.TrimSpace(name) == name
}
