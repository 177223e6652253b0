package bearer

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/coreos/go-oidc/v3/oidc"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/provider"
	"github.com/go-pme/pme/middleware/internal/token"
)

// user returns whom a token stands for whose signature, issuer, audience and expiry are good.
func (b *recognizer) user(ctx context.Context, text string, verified *oidc.IDToken) (*identity.User, error) {
	if err := b.checkType(text); err != nil {
		return nil, err
	}
	var c token.Claims
	if err := verified.Claims(&c); err != nil {
		return nil, token.Invalid("the token's claims cannot be read")
	}
	if err := b.check(c); err != nil {
		return nil, err
	}
	subject := c.Text("sub")
	if subject == "" || len(subject) > provider.MaxSubject || strings.ContainsFunc(subject, unicode.IsControl) {
		return nil, token.Invalid("the token has no usable subject")
	}
	groups, err := b.groupsOf(ctx, c)
	if err != nil {
		return nil, err
	}
	email := provider.VerifiedEmail(c)
	return &identity.User{
		AuthenticatedAt: c.Time("auth_time"),

		ID:            provider.UserID(b.cfg.Issuer, subject),
		Email:         email,
		EmailVerified: email != "",
		Name:          provider.DisplayName(c),
		Groups:        groups,
		Session:       c.Text("sid"),
	}, nil
}

// check is about all claims that do not say who it is.
func (b *recognizer) check(c token.Claims) error {
	latest := b.cfg.Now().Add(b.cfg.Leeway)
	switch {
	case c["cnf"] != nil:
		return token.Invalid("the token is bound to a key of the client (cnf), so having it is not enough")
	case c["events"] != nil:
		return token.Invalid("the token is one that reports events, such as a logout token")
	case !c.IsBy("nbf", latest):
		return token.Invalid("the time of the token has not come yet (nbf)")
	case !c.IsBy("iat", latest):
		return token.Invalid("the token is from the future (iat)")
	case len(b.cfg.Clients) > 0 && !slices.ContainsFunc(b.cfg.Clients, func(client string) bool { return issuedTo(c, client) }):
		return token.Invalid("the token was issued to a client that is not among those accepted")
	}
	granted := append(c.Words("scope"), c.Words("scp")...)
	for _, scope := range b.cfg.Scopes {
		if !slices.Contains(granted, scope) {
			return &token.Untrusted{Code: token.InsufficientScope, Text: "The token lacks a scope.", Reason: "the token lacks the scope " + scope}
		}
	}
	return nil
}

// issuedTo reports whether the token names the client as the one that it was issued to, and no other.
func issuedTo(c token.Claims, client string) bool {
	azp, id := c["azp"], c["client_id"]
	return (azp != nil || id != nil) && (azp == nil || azp == client) && (id == nil || id == client)
}

// groupsOf returns the groups that the token tells. It fails if it does not tell all of them, or tells them in a
// form that is not understood.
func (b *recognizer) groupsOf(ctx context.Context, c token.Claims) ([]string, error) {
	if b.groups.AreElsewhere(c) {
		return nil, &token.Untrusted{
			Code: token.AccessDenied, Text: "You are in more groups than fit into the token, so they could not be read.",
			Reason: fmt.Sprintf("the provider has left %.100q out of the token, as it is too long", b.cfg.GroupsClaim),
		}
	}
	groups, err := b.groups.Of(ctx, c)
	if err != nil {
		return nil, token.Invalid(fmt.Sprintf("the claim %.100q: %v", b.cfg.GroupsClaim, err))
	}
	return groups, nil
}
