package provider

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxName is how many bytes of a display name are kept.
const maxName = 200

// A GroupsClaim says where a user's groups are: the name of a claim, or a path such as
// realm_access.roles.
type GroupsClaim string

// Find returns the value of the claim: by its whole name, as names may have dots in them, or else along
// the path.
func (g GroupsClaim) Find(claims map[string]any) (any, bool) {
	if value, ok := claims[string(g)]; ok {
		return value, true
	}
	var value any = claims
	for name := range strings.SplitSeq(string(g), ".") {
		object, _ := value.(map[string]any)
		next, ok := object[name]
		if !ok {
			return nil, false
		}
		value = next
	}
	return value, true
}

// IsElsewhere reports whether the provider says that it has left the groups out of the claims because they
// are too many: by hasgroups, or by _claim_names (OpenID Connect Core 1.0 §5.6.2).
func (g GroupsClaim) IsElsewhere(claims map[string]any) bool {
	if has := claims["hasgroups"]; has == true || has == "true" {
		return true
	}
	elsewhere, _ := claims["_claim_names"].(map[string]any)
	top, _, _ := strings.Cut(string(g), ".")
	_, whole := elsewhere[string(g)]
	_, part := elsewhere[top]
	return whole || part
}

// GroupNames reads an array of names, or one name. Values of other types are left out.
func GroupNames(value any) []string {
	switch value := value.(type) {
	case string:
		return []string{value}
	case []any:
		var names []string
		for _, element := range value {
			if name, ok := element.(string); ok {
				names = append(names, name)
			}
		}
		return names
	default:
		return nil
	}
}

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

// DisplayName returns a name to show, of at most 200 bytes.
func DisplayName(claims map[string]any) string {
	for _, claim := range []string{"name", "preferred_username"} {
		if name, _ := claims[claim].(string); name != "" {
			return strings.ToValidUTF8(name[:min(len(name), maxName)], "")
		}
	}
	return ""
}
