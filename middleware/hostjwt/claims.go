package hostjwt

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-jose/go-jose/v4/json"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/displayname"
	"github.com/go-pme/pme/internal/legible"
	"github.com/go-pme/pme/internal/provider"
	"github.com/go-pme/pme/middleware/internal/token"
)

// maxText is the longest ID, session and address, in bytes.
const maxText = 255

// user returns whom a token stands for whose signature is good, and when it expires.
func (h *recognizer) user(ctx context.Context, payload []byte) (*identity.User, time.Time, error) {
	var c token.Claims
	if !utf8.Valid(payload) || json.Unmarshal(payload, &c) != nil || c == nil {
		return nil, time.Time{}, token.Invalid("the claims of the token cannot be read")
	}
	expiry, err := h.check(c)
	if err != nil {
		return nil, time.Time{}, err
	}
	u := &identity.User{
		ID: c.Text(h.cfg.Claims.ID), Session: c.Text(h.cfg.Claims.Session), Name: displayname.Clean(c.Text(h.cfg.Claims.Name)),
		SignedInAt: c.Time("auth_time"), AuthenticatedAt: c.Time("auth_time"),
	}
	if u.SignedInAt.IsZero() {
		u.SignedInAt = c.Time("iat")
	}
	if err := checkText(c, h.cfg.Claims.ID, true); err != nil {
		return nil, time.Time{}, err
	}
	if err := checkText(c, h.cfg.Claims.Session, false); err != nil {
		return nil, time.Time{}, err
	}
	if email := c.Text(h.cfg.Claims.Email); len(email) <= maxText {
		u.Email = provider.VerifiedEmail(map[string]any{"email_verified": true, "email": email}) // "" if it is not well formed
	}
	u.EmailVerified = u.Email != "" && c[h.cfg.Claims.EmailVerified] == true
	if u.Groups, err = h.groups.Of(ctx, c); err != nil {
		return nil, time.Time{}, token.Invalid(fmt.Sprintf("the claim %.100q: %v", h.cfg.Claims.Groups, err))
	}
	return u, expiry, nil
}

// check is about all claims that do not say who it is. It returns when the token expires.
func (h *recognizer) check(c token.Claims) (time.Time, error) {
	now := h.cfg.Now()
	expiry, latest := c.Time("exp"), now.Add(h.cfg.Leeway)
	switch {
	case expiry.IsZero():
		return expiry, token.Invalid("the token has no usable exp, so it would be good for ever")
	case c["cnf"] != nil:
		return expiry, token.Invalid("the token is bound to a key of the client (cnf), so having it is not enough")
	case c["events"] != nil:
		return expiry, token.Invalid("the token is one that reports events, such as a logout token")
	case h.cfg.Issuer != "" && c["iss"] != h.cfg.Issuer:
		return expiry, token.Invalid("the token has another iss than the Issuer")
	case h.cfg.Audience == "" && c["aud"] != nil:
		return expiry, token.Invalid("the token has an aud, so an Audience must be configured")
	case h.cfg.Audience != "" && !isFor(c["aud"], h.cfg.Audience):
		return expiry, token.Invalid("the Audience is not in the aud of the token")
	case !c.IsBy("nbf", latest):
		return expiry, token.Invalid("the time of the token has not come yet (nbf)")
	case !c.IsBy("iat", latest):
		return expiry, token.Invalid("the token is from the future (iat)")
	case !c.IsBy("auth_time", latest):
		return expiry, token.Invalid("the sign-in of the token is in the future (auth_time)")
	case h.cfg.MaxLifetime > 0 && expiry.After(latest.Add(h.cfg.MaxLifetime)):
		return expiry, token.Invalid("the token has longer to live than MaxLifetime")
	case !now.Before(expiry.Add(h.cfg.Leeway)):
		return expiry, errExpired
	}
	return expiry, nil
}

// isFor reports whether the audience is the text, or among the texts of the array (RFC 7519 §4.1.3).
func isFor(aud any, audience string) bool {
	if list, ok := aud.([]any); ok {
		for _, one := range list {
			if one == audience {
				return true
			}
		}
		return false
	}
	return aud == audience
}

// checkText refuses a claim that is stored or compared, and looks like another one.
func checkText(c token.Claims, name string, required bool) error {
	value, has := c[name]
	text, isText := value.(string)
	switch {
	case required && text == "" && (!has || isText || value == nil):
		return token.Invalid(fmt.Sprintf("the claim %.100q is missing", name))
	case has && value != nil && !isText:
		return token.Invalid(fmt.Sprintf("the claim %.100q is not a text", name))
	case len(text) > maxText:
		return token.Invalid(fmt.Sprintf("the claim %.100q is longer than %d bytes", name, maxText))
	case strings.ContainsRune(text, utf8.RuneError):
		return token.Invalid(fmt.Sprintf("the claim %.100q has U+FFFD in it, which stands for characters that were lost", name))
	}
	if wrong := legible.InValue(text); wrong != "" {
		return token.Invalid(fmt.Sprintf("the claim %.100q %s", name, wrong))
	}
	return nil
}
