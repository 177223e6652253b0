package middleware

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/oauth2"
)

// maxName is how many bytes of a display name are kept.
const maxName = 200

// GroupOverage is a person whose groups do not fit into their ID token, as the provider says by
// _claim_names (OpenID Connect Core 1.0 §5.6.2; Microsoft Entra ID does so above 200 groups) or by
// hasgroups.
type GroupOverage struct {
	UserID  string // as in identity.User
	Subject string // as the provider calls the person

	// Claims are those of the ID token, or of userinfo if that is where the overage is. Where
	// _claim_sources says to look is unverified advice of the provider: the ID token is signed, but the
	// address may be an outdated one.
	Claims map[string]any

	// Tokens has the access token of this login, for the provider's own API.
	Tokens oauth2.TokenSource
}

// claimedPerson is what claims say of a person.
type claimedPerson struct {
	email  string // verified, or empty
	name   string
	groups []string
}

// claimsMap says which claims a person is made of.
type claimsMap struct {
	groups string
	keep   func(group string) bool
}

// person makes a person of the ID token's claims, and of userinfo where these lack something.
func (o *OIDC) person(ctx context.Context, p *provider, v *verified) (*claimedPerson, error) {
	for name, value := range o.cfg.RequireClaims {
		if v.claims[name] != value {
			return nil, errRequiredClaim
		}
	}
	documents := []map[string]any{v.claims}
	if p.UserInfoEndpoint() != "" && o.lacksSomething(v.claims) {
		info, err := o.userInfo(ctx, p, v)
		if err != nil {
			return nil, err
		}
		documents = append(documents, info)
	}
	groups, err := o.groups(ctx, v, documents)
	if err != nil {
		return nil, err
	}
	who := &claimedPerson{groups: o.claims.kept(groups)}
	for _, d := range documents {
		if who.name == "" {
			who.name = nameOf(d)
		}
	}
	// The address and whether it is verified belong together: both from the ID token, or both not.
	for _, d := range documents {
		if _, ok := d["email_verified"]; ok {
			who.email = verifiedEmail(d)
			break
		}
	}
	return who, nil
}

// lacksSomething reports whether userinfo may know more than the ID token.
func (o *OIDC) lacksSomething(claims map[string]any) bool {
	_, hasGroups := o.claims.find(claims)
	_, hasEmail := claims["email_verified"]
	return !hasGroups && !o.claims.overage(claims) ||
		!hasEmail && slices.Contains(o.cfg.Scopes, "email") ||
		nameOf(claims) == "" && slices.Contains(o.cfg.Scopes, "profile")
}

// userInfo asks the provider for the person's claims. Its answer counts only if it speaks of the same
// person (OpenID Connect Core 1.0 §5.3.2).
func (o *OIDC) userInfo(ctx context.Context, p *provider, v *verified) (map[string]any, error) {
	info, err := p.UserInfo(ctx, oauth2.StaticTokenSource(v.token))
	if err != nil {
		return nil, fmt.Errorf("middleware: the userinfo endpoint does not answer: %s", brief(err))
	}
	if info.Subject != v.Subject {
		return nil, errUserInfo
	}
	var claims map[string]any
	if err := info.Claims(&claims); err != nil {
		return nil, fmt.Errorf("middleware: the answer of the userinfo endpoint cannot be read: %s", brief(err))
	}
	return claims, nil
}

// groups returns the person's groups: from the first document that has any, or from the host where the
// provider says that there are more than it has sent.
func (o *OIDC) groups(ctx context.Context, v *verified, documents []map[string]any) ([]string, error) {
	for _, d := range documents {
		if !o.claims.overage(d) {
			continue
		}
		if o.cfg.ResolveGroups == nil {
			return nil, errGroupOverage
		}
		groups, err := o.cfg.ResolveGroups(ctx, GroupOverage{
			UserID:  subjectID(o.cfg.Issuer, v.Subject),
			Subject: v.Subject,
			Claims:  d,
			Tokens:  oauth2.StaticTokenSource(v.token),
		})
		if err != nil {
			return nil, fmt.Errorf("middleware: the groups cannot be resolved: %w", err)
		}
		return groups, nil
	}
	for _, d := range documents {
		if value, ok := o.claims.find(d); ok {
			return groupNames(value), nil
		}
	}
	return nil, nil
}

// find returns the value of the groups claim: by its whole name, as names may have dots in them, or else
// along the path.
func (m claimsMap) find(claims map[string]any) (any, bool) {
	if value, ok := claims[m.groups]; ok {
		return value, true
	}
	var value any = claims
	for name := range strings.SplitSeq(m.groups, ".") {
		object, _ := value.(map[string]any)
		next, ok := object[name]
		if !ok {
			return nil, false
		}
		value = next
	}
	return value, true
}

// overage reports whether the provider says that the groups are elsewhere.
func (m claimsMap) overage(claims map[string]any) bool {
	if has := claims["hasgroups"]; has == true || has == "true" {
		return true
	}
	elsewhere, _ := claims["_claim_names"].(map[string]any)
	top, _, _ := strings.Cut(m.groups, ".")
	_, whole := elsewhere[m.groups]
	_, part := elsewhere[top]
	return whole || part
}

// kept returns the groups that matter, each once. No group has an empty name.
func (m claimsMap) kept(groups []string) []string {
	var kept []string
	for _, g := range groups {
		if g != "" && !slices.Contains(kept, g) && m.keep(g) {
			kept = append(kept, g)
		}
	}
	return kept
}

// groupNames reads an array of names, or one name. Whatever else is there is no group.
func groupNames(value any) []string {
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

// verifiedEmail returns the address if the provider has verified it and it is one: with a second @, or a
// space, others may read another domain out of it. Some providers write the boolean as a string.
func verifiedEmail(claims map[string]any) string {
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

// nameOf returns a name to show.
func nameOf(claims map[string]any) string {
	for _, claim := range []string{"name", "preferred_username"} {
		if name, _ := claims[claim].(string); name != "" {
			return strings.ToValidUTF8(name[:min(len(name), maxName)], "")
		}
	}
	return ""
}
