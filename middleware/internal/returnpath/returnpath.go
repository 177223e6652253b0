// Package returnpath knows to which paths a browser may be sent back after a login.
package returnpath

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Max is the longest return path in bytes. Longer ones do not fit through every proxy once they are escaped
// inside a login URL.
const Max = 2048

// Shorten returns s if it is safe, and "/" if it is not. If only its length is wrong, it returns s without its
// query, and cut is true: the page is nearer to where the visitor was going than the home page.
func Shorten(s string) (back string, cut bool) {
	if IsSafe(s) {
		return s, false
	}
	path, _, _ := strings.Cut(s, "?")
	switch {
	case len(s) <= Max:
		return "/", false
	case IsSafe(path):
		return path, true
	}
	return "/", true
}

// IsSafe reports whether s is a path of this host, as the documentation of middleware.LocalPath says.
func IsSafe(s string) bool {
	if len(s) > Max || !strings.HasPrefix(s, "/") || strings.ContainsFunc(s, notPrintableASCII) {
		return false
	}
	path, query := s, ""
	if i := strings.IndexAny(s, "?#"); i >= 0 {
		path, query = s[:i], s[i:]
	}
	return safeOnceDecoded(path, safePath) && safeOnceDecoded(query, safeText)
}

// safeOnceDecoded asks about the decoded text alone: decoding takes nothing away that safe looks for.
func safeOnceDecoded(s string, safe func(string) bool) bool {
	decoded, err := url.PathUnescape(s)
	return err == nil && utf8.ValidString(decoded) && safe(decoded)
}

func safePath(s string) bool {
	return safeText(s) && !strings.Contains(s, "//") && !strings.ContainsFunc(s, unicode.IsSpace)
}

// safeText is enough for a query, in which slashes and encoded spaces do no harm.
func safeText(s string) bool {
	return !strings.Contains(s, `\`) && !strings.ContainsFunc(s, unicode.IsControl)
}

func notPrintableASCII(c rune) bool { return c <= ' ' || c > '~' }
