package oidclogin

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"golang.org/x/oauth2"

	"github.com/go-pme/pme/internal/provider"
	"github.com/go-pme/pme/middleware/oidclogin/internal/userinfo"
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
	email string // verified, or empty
	name  string
	sessionGroups
}

// userInfoPatience is how long a login waits for the userinfo endpoint if it can do without.
const userInfoPatience = 3 * time.Second

// person reads the ID token's claims, and those of userinfo if the token lacks some. Earlier are those that a
// session has, for a userinfo endpoint that fails for the moment. They may be nil.
func (c *party) person(ctx context.Context, p *idProvider, v *verified, earlier map[string]any) (*claimedPerson, error) {
	for name, value := range c.cfg.RequireClaims {
		if v.claims[name] != value {
			return nil, errRequiredClaim
		}
	}
	more, err := c.userInfo(ctx, p, v, earlier)
	if err != nil {
		return nil, err
	}
	documents := []map[string]any{v.claims, more}
	groups, err := c.groups(ctx, v, documents)
	if err != nil {
		return nil, err
	}
	divided, err := c.divide(groups)
	if err != nil {
		return nil, err
	}
	who := &claimedPerson{sessionGroups: divided}
	for _, d := range documents {
		if who.name == "" {
			who.name = provider.DisplayName(d)
		}
	}
	// The address and whether it is verified belong together: both from the ID token, or both not.
	for _, d := range documents {
		if tellsEmail(d) {
			who.email = provider.VerifiedEmail(d)
			break
		}
	}
	return who, nil
}

// lacksGroups reports whether userinfo may know the groups and the ID token does not.
func (c *party) lacksGroups(claims map[string]any) bool {
	return !c.groupClaim.Has(claims) && !c.groupClaim.AreElsewhere(claims)
}

// lacksAddressOrName reports whether userinfo may know more of the user than the ID token.
func (c *party) lacksAddressOrName(claims map[string]any) bool {
	return !tellsEmail(claims) && slices.Contains(c.cfg.Scopes, "email") ||
		provider.DisplayName(claims) == "" && slices.Contains(c.cfg.Scopes, "profile")
}

// tellsEmail reports whether claims have an address and say whether it is verified, or say that none is.
func tellsEmail(claims map[string]any) bool {
	verified := claims["email_verified"]
	return verified != nil && claims["email"] != nil || verified == false || verified == "false"
}

// userInfo returns the claims of the userinfo endpoint if the ID token lacks some. If the endpoint fails, that costs
// what only it could have said: the address and the name. A user whose groups it might have told is refused.
func (c *party) userInfo(ctx context.Context, p *idProvider, v *verified, earlier map[string]any) (map[string]any, error) {
	essential := c.lacksGroups(v.claims)
	if p.userInfo == "" || c.cfg.IgnoreUserInfo || !essential && !c.lacksAddressOrName(v.claims) {
		return nil, nil //nolint:nilnil // no claims are a choice
	}
	asking := ctx
	if !essential {
		var cancel context.CancelFunc
		asking, cancel = context.WithTimeout(ctx, userInfoPatience)
		defer cancel()
	}
	claims, err := userinfo.Endpoint{Address: p.userInfo, Client: c.client, Keys: p.keys.AtOnce()}.Claims(asking, v.token, v.Subject)
	var refused *userinfo.RefusedError
	lasting := errors.As(err, &refused) || errors.Is(err, userinfo.ErrSubject)
	switch {
	case err == nil:
		return claims, nil
	case ctx.Err() != nil: // the request's own
		return nil, fmt.Errorf("oidclogin: %w", err)
	case essential:
		return nil, withoutGroups(err)
	case lasting:
		earlier = nil
	}
	c.cfg.Logger.WarnContext(ctx, "userinfo not used: the user has only the e-mail address and the name of the ID token",
		slog.Any("error", err), slog.Bool("lasting", lasting))
	return earlier, nil
}

// withoutGroups is the error of a login whose groups are not known, as userinfo has failed.
func withoutGroups(err error) error {
	var refused *userinfo.RefusedError
	switch {
	case errors.Is(err, userinfo.ErrSubject):
		return errUserInfo
	case errors.As(err, &refused):
		return &setupError{fmt.Sprintf("%s; the ID token has no groups: have the provider put them there, or set IgnoreUserInfo if the ID token is all there is", err)}
	}
	return fmt.Errorf("oidclogin: %w", err)
}

// groups returns the user's groups: from the first document that has any, or from the host if the provider
// says that there are more than it has sent.
func (c *party) groups(ctx context.Context, v *verified, documents []map[string]any) ([]string, error) {
	for _, d := range documents {
		if !c.groupClaim.AreElsewhere(d) {
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
	return c.claimedGroups(ctx, documents), nil
}
