package form

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Illegible returns what is wrong with a value that is not what it looks like, or nil. Files, variables and clipboards bring line
// breaks, byte order marks and invisible characters along. It does not quote the value.
func Illegible(text string) *Fault {
	switch {
	case !utf8.ValidString(text):
		return Wrong("the value is not UTF-8", "write it as UTF-8")
	case strings.TrimSpace(text) != text:
		return Wrong("the value has space or a line break at its beginning or end", "remove it")
	case strings.ContainsFunc(text, IsHidden):
		return Wrong("the value has a line break, a tab or an invisible character in it", "remove it: type the value anew")
	}
	return nil
}

// IsHidden reports whether a character is one that no value has: controls, and those that format text or reorder it. The two joiners
// are spelling in many scripts.
func IsHidden(r rune) bool {
	const nonJoiner, joiner = '\u200c', '\u200d'
	if r == nonJoiner || r == joiner {
		return false
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) || unicode.IsSpace(r) && r != ' '
}
