// Package token is what gates for tokens have in common: where a request has one, what it claims, and what a
// client is told of one that is not accepted.
package token

import (
	"errors"
	"net/http"
	"strings"
)

const (
	scheme = "Bearer"

	// Max is how long a token may be, in bytes. Most servers take no longer headers.
	Max = 16 << 10
)

// ErrNone means that a request has no token.
var ErrNone = errors.New("no token")

// Malformed is an error about a request that has a token in the wrong place, or something that cannot be
// a token.
type Malformed string

func (m Malformed) Error() string { return string(m) }

const (
	errInQuery       Malformed = "a token is in the query"
	errTwoHeaders    Malformed = "there are several Authorization headers"
	errNoToken       Malformed = "the Authorization header has no token after Bearer"
	errTokenTooLong  Malformed = "the token is longer than 16 KiB"
	errOddCharacters Malformed = "the token has characters that tokens do not have"
)

// Bearer returns the request's token, and [ErrNone] if it has no Authorization header or one with
// another scheme. It looks at the token's length only: Check does the rest, and a remembered token needs
// no second look.
func Bearer(r *http.Request) (string, error) {
	// The query may be in every log between the browser and here (RFC 6750 §2.3).
	if strings.Contains(r.URL.RawQuery, "access_token") && r.URL.Query().Has("access_token") {
		return "", errInQuery
	}
	lines := r.Header["Authorization"]
	switch {
	case len(lines) == 0:
		return "", ErrNone
	case len(lines) > 1: // another program on the way may have looked at either of them
		return "", errTwoHeaders
	}
	rest, ok := afterScheme(lines[0])
	if !ok {
		return "", ErrNone
	}
	token := strings.TrimLeft(rest, " ")
	switch {
	case token == "" || token == rest:
		return "", errNoToken
	case len(token) > Max: // before it is hashed, to be found among those remembered
		return "", errTokenTooLong
	}
	return token, nil
}

// afterScheme returns what follows the scheme in the value of an Authorization header, and whether the
// scheme is Bearer, in whatever case (RFC 9110 §11.1).
func afterScheme(value string) (string, bool) {
	if len(value) < len(scheme) || !strings.EqualFold(value[:len(scheme)], scheme) {
		return "", false
	}
	rest := value[len(scheme):]
	return rest, rest == "" || !isNameCharacter(rest[0])
}

// Check refuses what cannot be a token (RFC 6750 §2.1, b64token) before anything tries to read it.
func Check(token string) error {
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
