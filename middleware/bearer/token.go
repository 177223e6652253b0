package bearer

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/go-pme/pme/middleware"
)

const (
	bearerScheme = "Bearer"

	// maxToken is how long a token may be, in bytes. Most servers take no longer headers.
	maxToken = 16 << 10
)

var errNoBearer = fmt.Errorf("%w: no bearer token", middleware.ErrNotSignedIn)

// malformed is an error about a request that has a token in the wrong place, or something that cannot be
// a token.
type malformed string

func (m malformed) Error() string { return string(m) }

const (
	errInQuery       malformed = "a token is in the query"
	errTwoHeaders    malformed = "there are several Authorization headers"
	errNoToken       malformed = "the Authorization header has no token after Bearer"
	errTokenTooLong  malformed = "the token is longer than 16 KiB"
	errOddCharacters malformed = "the token has characters that tokens do not have"
)

// bearerToken returns the request's token, and errNoBearer if it has no Authorization header or one with
// another scheme. It looks at the token's length only: checkToken does the rest, and a remembered token needs
// no second look.
func bearerToken(r *http.Request) (string, error) {
	// The query may be in every log between the browser and here (RFC 6750 §2.3).
	if strings.Contains(r.URL.RawQuery, "access_token") && r.URL.Query().Has("access_token") {
		return "", errInQuery
	}
	lines := r.Header["Authorization"]
	switch {
	case len(lines) == 0:
		return "", errNoBearer
	case len(lines) > 1: // another program on the way may have looked at either of them
		return "", errTwoHeaders
	}
	rest, ok := afterScheme(lines[0])
	if !ok {
		return "", errNoBearer
	}
	token := strings.TrimLeft(rest, " ")
	switch {
	case token == "" || token == rest:
		return "", errNoToken
	case len(token) > maxToken: // before it is hashed, to be found among those remembered
		return "", errTokenTooLong
	}
	return token, nil
}

// afterScheme returns what follows the scheme in the value of an Authorization header, and whether the
// scheme is Bearer, in whatever case (RFC 9110 §11.1).
func afterScheme(value string) (string, bool) {
	if len(value) < len(bearerScheme) || !strings.EqualFold(value[:len(bearerScheme)], bearerScheme) {
		return "", false
	}
	rest := value[len(bearerScheme):]
	return rest, rest == "" || !isNameCharacter(rest[0])
}

// checkToken refuses what cannot be a token (RFC 6750 §2.1, b64token) before anything tries to read it.
func checkToken(token string) error {
	for i := range len(token) {
		if c := token[i]; !isAlphanumeric(c) && strings.IndexByte("-._~+/=", c) < 0 {
			return errOddCharacters
		}
	}
	return nil
}

// isNameCharacter reports whether c may be part of a scheme's or a header's name (RFC 9110 §5.6.2).
func isNameCharacter(c byte) bool {
	return isAlphanumeric(c) || strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0
}

func isAlphanumeric(c byte) bool {
	return '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z'
}

// untrusted is an error about a token, or about whom it stands for.
type untrusted struct {
	code   string // as in RFC 6750 §3.1
	text   string // for the browser
	reason string // for the log
}

func (u *untrusted) Error() string { return u.reason }

const (
	invalidToken      = "invalid_token"
	insufficientScope = "insufficient_scope"
	accessDenied      = "access_denied"
)

func invalid(reason string) error {
	return &untrusted{invalidToken, "The token is not valid here.", reason}
}

// explain turns an error about a token into what the gate answers with.
func (b *recognizer) explain(err error) error {
	var bad malformed
	if errors.As(err, &bad) {
		const text = "The request must carry one token, in its Authorization header."
		return &middleware.Rejection{
			Status: http.StatusBadRequest, Code: "invalid_request", Text: text,
			Challenge: b.challenge("invalid_request", text, ""), Reason: string(bad),
		}
	}
	var refused *untrusted
	if !errors.As(err, &refused) {
		return err
	}
	no := &middleware.Rejection{Status: http.StatusUnauthorized, Code: refused.code, Text: refused.text, Reason: refused.reason}
	switch refused.code {
	case invalidToken:
		no.Challenge = b.challenge(refused.code, refused.text, "")
	case insufficientScope:
		no.Status = http.StatusForbidden
		no.Challenge = b.challenge(refused.code, refused.text, strings.Join(b.cfg.Scopes, " "))
	default: // not one of RFC 6750: another token would not help
		no.Status = http.StatusForbidden
	}
	return no
}

// challenge is the WWW-Authenticate header of RFC 6750 §3. A request without a token is told no error.
func (b *recognizer) challenge(code, text, scope string) string {
	c := bearerScheme + ` realm="` + b.cfg.Realm + `"`
	for _, attribute := range []struct{ name, value string }{
		{"error", code}, {"error_description", text}, {"scope", scope},
	} {
		if attribute.value != "" {
			c += `, ` + attribute.name + `="` + attribute.value + `"`
		}
	}
	return c
}
