package middleware

import (
	"net/http"
	"net/textproto"
	"strings"
)

// maxCookies is how many cookies a request may carry for the short way to be taken. net/http gives
// up on requests with very many of them; whoever sends that many gets its judgement.
const maxCookies = 100

// soleCookie finds the value of the cookie with that name as http.Request.Cookie does, but without
// allocating. It returns false whenever there is anything to interpret: no such cookie, several, or
// several Cookie headers.
//
// The value is as it stands in the header: http.Request.Cookie might remove quotes from it, or refuse it.
func soleCookie(h http.Header, name string) (value string, ok bool) {
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
