package whoami

import (
	"slices"
	"strings"
)

// others are headers that are not passed on, with the reason: that of a connection, of a proxy, of the question
// itself, or one with a setting of its own.
var others = []struct {
	why   string
	names []string // a hyphen at the end stands for all names that begin so
}{
	{"is a cookie: name it in Cookies", []string{"Cookie"}},
	{"says which site is asked: see Host", []string{"Host"}},
	{"is about one connection only (RFC 9110 §7.6.1)", []string{
		"Connection", "Keep-Alive", "Proxy-", "Te", "Trailer", "Transfer-Encoding", "Upgrade", "Expect",
	}},
	{"would have the host believe a client what only a proxy knows", []string{
		"Forwarded", "X-Forwarded-", "X-Real-Ip", "Via", "X-Original-", "X-Rewrite-", "X-Http-Method", "X-Http-Method-", "X-Method-",
		"Remote-", "X-Remote-", "X-Auth-Request-",
	}},
	{"says what is asked or how, and not whose session it is", []string{
		"Accept", "Accept-", "Content-", "Date", "If-", "Range", "Sec-", "Cache-Control", "Pragma", "Http2-Settings", "User-Agent", "X-Requested-With",
	}},
}

// unfit says why a header in its canonical form cannot be passed on, or returns "".
func unfit(name string) string {
	if name == "" || strings.ContainsFunc(name, func(r rune) bool { return !isNameCharacter(r) }) {
		return "must consist of letters, digits and hyphens: many hosts read any other character as a hyphen"
	}
	for _, o := range others {
		is := func(other string) bool {
			return name == other || strings.HasSuffix(other, "-") && strings.HasPrefix(name, other)
		}
		if slices.ContainsFunc(o.names, is) {
			return o.why
		}
	}
	return ""
}

func isNameCharacter(r rune) bool {
	return r == '-' || '0' <= r && r <= '9' || 'A' <= r && r <= 'Z' || 'a' <= r && r <= 'z'
}
