package bearer

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/coreos/go-oidc/v3/oidc"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/provider"
)

// claims are what a token says. Unlike encoding/json with a struct, they are looked up by their exact
// names: who can have a claim Email_verified written cannot pass it off as email_verified.
type claims map[string]any

// user returns whom a token stands for whose signature, issuer, audience and expiry are good.
func (b *recognizer) user(ctx context.Context, token string, verified *oidc.IDToken) (*identity.User, error) {
	if err := b.checkType(token); err != nil {
		return nil, err
	}
	var c claims
	if err := verified.Claims(&c); err != nil {
		return nil, invalid("the token's claims cannot be read")
	}
	if err := b.check(c); err != nil {
		return nil, err
	}
	subject := c.text("sub")
	if subject == "" || len(subject) > provider.MaxSubject || strings.ContainsFunc(subject, unicode.IsControl) {
		return nil, invalid("the token has no usable subject")
	}
	groups, err := b.groupsOf(ctx, c)
	if err != nil {
		return nil, err
	}
	email := provider.VerifiedEmail(c)
	return &identity.User{
		AuthenticatedAt: c.time("auth_time"),

		ID:            provider.UserID(b.cfg.Issuer, subject),
		Email:         email,
		EmailVerified: email != "",
		Name:          provider.DisplayName(c),
		Groups:        groups,
		Session:       c.text("sid"),
	}, nil
}

// check is about all claims that do not say who it is.
func (b *recognizer) check(c claims) error {
	latest := b.cfg.Now().Add(b.cfg.Leeway)
	switch {
	case c["cnf"] != nil:
		return invalid("the token is bound to a key of the client (cnf), so having it is not enough")
	case c["events"] != nil:
		return invalid("the token is one that reports events, such as a logout token")
	case !c.isBy("nbf", latest):
		return invalid("the time of the token has not come yet (nbf)")
	case !c.isBy("iat", latest):
		return invalid("the token is from the future (iat)")
	case len(b.cfg.Clients) > 0 && !slices.ContainsFunc(b.cfg.Clients, c.issuedTo):
		return invalid("the token was issued to a client that is not among those accepted")
	}
	granted := append(c.words("scope"), c.words("scp")...)
	for _, scope := range b.cfg.Scopes {
		if !slices.Contains(granted, scope) {
			return &untrusted{insufficientScope, "The token lacks a scope.", "the token lacks the scope " + scope}
		}
	}
	return nil
}

// issuedTo reports whether the token names the client as the one that it was issued to, and no other.
func (c claims) issuedTo(client string) bool {
	azp, id := c["azp"], c["client_id"]
	return (azp != nil || id != nil) && (azp == nil || azp == client) && (id == nil || id == client)
}

// text returns the claim, or nothing if it is something else than text.
func (c claims) text(name string) string {
	s, _ := c[name].(string)
	return s
}

// time returns the claim, or the zero time if it is no number of seconds since 1970.
func (c claims) time(name string) time.Time {
	seconds, _ := c[name].(float64)
	if seconds < 1 || seconds > 1<<40 {
		return time.Time{}
	}
	return time.Unix(int64(seconds), 0)
}

// isBy reports whether the claim is a time that is not after t. It is also true where there is none.
func (c claims) isBy(name string, t time.Time) bool {
	v, ok := c[name]
	if !ok {
		return true
	}
	seconds, ok := v.(float64)
	return ok && seconds <= float64(t.UnixMilli())/1000
}

// words returns the parts of the claim: those of a text between its spaces, or the texts of an array.
func (c claims) words(name string) []string {
	switch v := c[name].(type) {
	case string:
		return strings.Fields(v)
	case []any:
		var words []string
		for _, element := range v {
			if word, ok := element.(string); ok {
				words = append(words, word)
			}
		}
		return words
	}
	return nil
}

// groupsOf returns the groups that the token tells. It fails if it does not tell all of them, or tells them in a
// form that is not understood.
func (b *recognizer) groupsOf(ctx context.Context, c claims) ([]string, error) {
	if b.groups.AreElsewhere(c) {
		return nil, &untrusted{
			accessDenied, "You are in more groups than fit into the token, so they could not be read.",
			fmt.Sprintf("the provider has left %.100q out of the token, as it is too long", b.cfg.GroupsClaim),
		}
	}
	groups, err := b.groups.Of(ctx, c)
	if err != nil {
		return nil, invalid(fmt.Sprintf("the claim %.100q: %v", b.cfg.GroupsClaim, err))
	}
	return groups, nil
}
