package middleware

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxReturnPath is the longest return path in bytes. Longer ones do not fit through every proxy once
// they are escaped inside a login URL.
const maxReturnPath = 2048

// LocalPath returns s and true if it is safe to redirect a browser to s after login, and "/" and false
// otherwise. A login handler that redirects to a return path must pass it through here again, as anyone
// can write a link to the login page:
//
//	back, _ := middleware.LocalPath(r.FormValue("next"))
//	http.Redirect(w, r, back, http.StatusSeeOther)
//
// s is safe if it is a path, with or without a query, that every browser resolves to the host it is on.
// It must be at most 2,048 printable ASCII characters, begin with exactly one slash and have neither a
// backslash nor a double slash in its path: browsers read a backslash as a slash, drop tabs and line
// breaks wherever they are, and take what follows a double slash for a host
// (https://url.spec.whatwg.org/#concept-basic-url-parser). The same must hold once its percent-encoding
// is decoded, since proxies and login handlers may do so; only after the first question mark may spaces
// be encoded. Encoding that is malformed or not UTF-8 is refused.
//
// It does not check that there is anything at s, nor that the user may see it.
func LocalPath(s string) (path string, safe bool) {
	if !isSafePath(s) {
		return "/", false
	}
	return s, true
}

func isSafePath(s string) bool {
	if len(s) > maxReturnPath || !strings.HasPrefix(s, "/") || strings.ContainsFunc(s, notPrintableASCII) {
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
