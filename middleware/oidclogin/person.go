package oidclogin

import (
	"context"
	"fmt"
	"slices"

	"golang.org/x/oauth2"

	"github.com/go-pme/pme/internal/provider"
)

// A GroupOverage is a user whose groups do not fit into the ID token, as the provider says by
// _claim_names (OpenID Connect Core 1.0 §5.6.2; Microsoft Entra ID does so above 200 groups) or by
// hasgroups.
type GroupOverage struct {
	UserID  string // as in identity.User
	Subject string // as the provider calls the user

	// Claims are those of the ID token, or of userinfo if the overage is there. The address in
	// _claim_sources is only advice of the provider: it is signed, but may be outdated.
	Claims map[string]any

	// Tokens has the access token of this login, for the provider's API.
	Tokens oauth2.TokenSource
}

// A claimedPerson is what claims say of a user.
type claimedPerson struct {
	email  string // verified, or empty
	name   string
	groups []string
}

func (c *party) groupsClaim() provider.GroupsClaim { return provider.GroupsClaim(c.cfg.GroupsClaim) }

// person reads the ID token's claims, and those of userinfo if the token lacks some.
func (c *party) person(ctx context.Context, p *idProvider, v *verified) (*claimedPerson, error) {
	for name, value := range c.cfg.RequireClaims {
		if v.claims[name] != value {
			return nil, errRequiredClaim
		}
	}
	documents := []map[string]any{v.claims}
	if p.UserInfoEndpoint() != "" && c.lacksSomething(v.claims) {
		info, err := c.userInfo(ctx, p, v)
		if err != nil {
			return nil, err
		}
		documents = append(documents, info)
	}
	groups, err := c.groups(ctx, v, documents)
	if err != nil {
		return nil, err
	}
	who := &claimedPerson{groups: c.kept(groups)}
	for _, d := range documents {
		if who.name == "" {
			who.name = provider.DisplayName(d)
		}
	}
	// The address and whether it is verified belong together: both from the ID token, or both not.
	for _, d := range documents {
		if _, ok := d["email_verified"]; ok {
			who.email = provider.VerifiedEmail(d)
			break
		}
	}
	return who, nil
}

// lacksSomething reports whether userinfo may know more than the ID token.
func (c *party) lacksSomething(claims map[string]any) bool {
	_, hasGroups := c.groupsClaim().Find(claims)
	_, hasEmail := claims["email_verified"]
	return !hasGroups && !c.groupsClaim().IsElsewhere(claims) ||
		!hasEmail && slices.Contains(c.cfg.Scopes, "email") ||
		provider.DisplayName(claims) == "" && slices.Contains(c.cfg.Scopes, "profile")
}

// userInfo asks the provider for the user's claims. The answer is used only if it has the same subject
// (OpenID Connect Core 1.0 §5.3.2).
func (c *party) userInfo(ctx context.Context, p *idProvider, v *verified) (map[string]any, error) {
	info, err := p.UserInfo(ctx, oauth2.StaticTokenSource(v.token))
	if err != nil {
		return nil, fmt.Errorf("oidclogin: the userinfo endpoint does not answer: %s", provider.Brief(err))
	}
	if info.Subject != v.Subject {
		return nil, errUserInfo
	}
	var claims map[string]any
	if err := info.Claims(&claims); err != nil {
		return nil, fmt.Errorf("oidclogin: the answer of the userinfo endpoint cannot be read: %s", provider.Brief(err))
	}
	return claims, nil
}

// groups returns the user's groups: from the first document that has any, or from the host if the provider
// says that there are more than it has sent.
func (c *party) groups(ctx context.Context, v *verified, documents []map[string]any) ([]string, error) {
	for _, d := range documents {
		if !c.groupsClaim().IsElsewhere(d) {
			continue
		}
		if c.cfg.ResolveGroups == nil {
			return nil, errGroupOverage
		}
		groups, err := c.cfg.ResolveGroups(ctx, GroupOverage{
			UserID:  provider.UserID(c.cfg.Issuer, v.Subject),
			Subject: v.Subject,
			Claims:  d,
			Tokens:  oauth2.StaticTokenSource(v.token),
		})
		if err != nil {
			return nil, fmt.Errorf("oidclogin: the groups cannot be resolved: %w", err)
		}
		return groups, nil
	}
	for _, d := range documents {
		if value, ok := c.groupsClaim().Find(d); ok {
			return provider.GroupNames(value), nil
		}
	}
	return nil, nil
}

// kept returns the groups that KeepGroup keeps, each once, without those that have an empty name.
func (c *party) kept(groups []string) []string {
	var kept []string
	for _, g := range groups {
		if g != "" && !slices.Contains(kept, g) && c.cfg.KeepGroup(g) {
			kept = append(kept, g)
		}
	}
	return kept
}
