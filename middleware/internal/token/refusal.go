package token

import (
	"errors"
	"net/http"
	"strings"

	"github.com/go-pme/pme/middleware"
)

// Untrusted is an error about a token, or about whom it stands for.
type Untrusted struct {
	Code   string // as in RFC 6750 §3.1
	Text   string // for the browser
	Reason string // for the log
}

func (u *Untrusted) Error() string { return u.Reason }

// The codes of an [Untrusted].
const (
	InvalidToken      = "invalid_token"
	InsufficientScope = "insufficient_scope"
	AccessDenied      = "access_denied"
)

// Invalid returns the error for a token that is not valid.
func Invalid(reason string) error {
	return &Untrusted{InvalidToken, "The token is not valid here.", reason}
}

// Explain turns an error about a bearer token into what a gate answers with: a [*middleware.Rejection], or an error
// of another kind as it is.
func Explain(err error, realm string, scopes []string) error {
	var bad Malformed
	if errors.As(err, &bad) {
		const text = "The request must carry one token, in its Authorization header."
		return &middleware.Rejection{
			Status: http.StatusBadRequest, Code: "invalid_request", Text: text,
			Challenge: Challenge(realm, "invalid_request", text, ""), Reason: string(bad),
		}
	}
	var refused *Untrusted
	if !errors.As(err, &refused) {
		return err
	}
	no := &middleware.Rejection{Status: http.StatusUnauthorized, Code: refused.Code, Text: refused.Text, Reason: refused.Reason}
	switch refused.Code {
	case InvalidToken:
		no.Challenge = Challenge(realm, refused.Code, refused.Text, "")
	case InsufficientScope:
		no.Status = http.StatusForbidden
		no.Challenge = Challenge(realm, refused.Code, refused.Text, strings.Join(scopes, " "))
	default: // not one of RFC 6750: another token would not help
		no.Status = http.StatusForbidden
	}
	return no
}

// Challenge is the WWW-Authenticate header of RFC 6750 §3. A request without a token is told no error.
func Challenge(realm, code, text, scope string) string {
	c := scheme + ` realm="` + realm + `"`
	for _, attribute := range []struct{ name, value string }{
		{"error", code}, {"error_description", text}, {"scope", scope},
	} {
		if attribute.value != "" {
			c += `, ` + attribute.name + `="` + attribute.value + `"`
		}
	}
	return c
}
