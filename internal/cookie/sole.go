package cookie

import (
	"net/http"
	"net/textproto"
	"strings"
)

// maxCookies is how many cookies a request may carry for Sole to look at them. net/http refuses requests
// with very many, and decides about those with more than this.
const maxCookies = 100

// Sole returns the value of the cookie with that name, as [http.Request.Cookie] does but without
// allocating. It returns false if there is anything to interpret: no such cookie, several, or several
// Cookie headers.
//
// The value is as it stands in the header: http.Request.Cookie might remove quotes from it, or refuse it.
func Sole(h http.Header, name string) (value string, ok bool) {
	lines := h["Cookie"]
	if len(lines) != 1 || strings.Count(lines[0], ";") >= maxCookies {
		return "", false
	}
	rest := lines[0]
	for rest != "" {
		var part string
		part, rest, _ = strings.Cut(rest, ";")
		partName, partValue, _ := strings.Cut(textproto.TrimString(part), "=")
		if textproto.TrimString(partName) != name {
			continue
		}
		if ok {
			return "", false
		}
		value, ok = partValue, true
	}
	return value, ok
}
