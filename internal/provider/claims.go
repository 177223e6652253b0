package provider

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-pme/pme/internal/displayname"
)

// maxName is the longest display name, in bytes. Longer ones are cut.
const maxName = 200

// VerifiedEmail returns the e-mail address if the provider has verified it and it is well formed, and ""
// otherwise. An address with a second @, or with a space, is refused, as other programs may read another
// domain out of it. Some providers write the boolean as a string.
func VerifiedEmail(claims map[string]any) string {
	if v := claims["email_verified"]; v != true && v != "true" {
		return ""
	}
	email, _ := claims["email"].(string)
	local, domain, _ := strings.Cut(email, "@")
	odd := func(c rune) bool { return c == '@' || unicode.IsSpace(c) || unicode.IsControl(c) }
	if local == "" || domain == "" || strings.ContainsFunc(local+domain, odd) || !utf8.ValidString(email) {
		return ""
	}
	return email
}

// DisplayName returns a name to show, of at most 200 bytes, without what cannot be seen.
func DisplayName(claims map[string]any) string {
	for _, claim := range []string{"name", "preferred_username"} {
		text, _ := claims[claim].(string)
		if name := displayname.Clean(text); name != "" {
			return strings.ToValidUTF8(name[:min(len(name), maxName)], "")
		}
	}
	return ""
}
