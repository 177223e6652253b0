package arrange

import (
	"strings"
	"unicode"
)

// separators end the part of a name that it has in common with others.
var separators = []string{" - ", " – ", " — ", " | ", " / ", ": ", ", ", "، ", "、", " ("}

// prefix returns what a name begins with, before the first separator or else before a number at its end. It is the whole name
// if there is neither.
func prefix(name string) string {
	end := len(name)
	for _, separator := range separators {
		if at := strings.Index(name, separator); at > 0 && at < end {
			end = at
		}
	}
	if end == len(name) {
		name = strings.TrimRightFunc(name, isNumbering)
		return strings.TrimSpace(name)
	}
	return strings.TrimSpace(name[:end])
}

func isNumbering(r rune) bool { return unicode.IsDigit(r) || strings.ContainsRune(" .#-_№", r) }
