package middleware

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/coreos/go-oidc/v3/oidc"
)

// verify checks everything about a token that go-oidc checks: signature, algorithm, issuer, audience and
// expiry. An error is a *rejection or doubt.
func (b *bearerRecogniser) verify(ctx context.Context, token string) (*oidc.IDToken, error) {
	keys := &witness{keys: b.keys}
	verified, err := oidc.NewVerifier(b.cfg.Issuer, keys, &b.checks).Verify(ctx, token)
	var expired *oidc.TokenExpiredError
	switch {
	case err == nil:
		return verified, nil
	case keys.doubt != nil:
		return nil, fmt.Errorf("middleware: the signature of a token cannot be checked: %w", keys.doubt)
	case errors.As(err, &expired):
		return nil, b.explain(&untrusted{invalidToken, "The token has expired.", "the token has expired"})
	case keys.good:
		// The issuer has signed what the error is about, so that it can be quoted.
		return nil, b.explain(invalid(err.Error()))
	default:
		return nil, b.explain(invalid("the token is no JWT that one of the issuer's keys and an accepted algorithm signed"))
	}
}

// witness sees what becomes of a signature. go-oidc makes one text of all that may go wrong with it, so
// that a provider which does not answer could not be told from a forgery.
type witness struct {
	keys  oidc.KeySet
	good  bool
	doubt error
}

// VerifySignature implements [oidc.KeySet].
func (w *witness) VerifySignature(ctx context.Context, token string) ([]byte, error) {
	payload, err := w.keys.VerifySignature(ctx, token)
	w.good = err == nil
	var network net.Error
	if errors.Is(err, errKeys) || errors.Is(err, context.Canceled) || errors.As(err, &network) {
		w.doubt = err
	}
	return payload, err //nolint:wrapcheck // go-oidc is to see what it would have seen
}

// tokenTypes are what the header of a token may call it (RFC 7519 §5.1, RFC 9068 §2.1). Everything else
// is a JWT for another purpose, such as a logout token.
var tokenTypes = map[string]bool{"": true, "jwt": true, accessTokenType: true}

const accessTokenType = "at+jwt"

// checkType is about the header of a token whose signature is good.
func (b *bearerRecogniser) checkType(token string) error {
	encoded, _, _ := strings.Cut(token, ".")
	decoded, err := base64.RawURLEncoding.DecodeString(encoded)
	var header struct {
		Type string `json:"typ"`
	}
	if err != nil || json.Unmarshal(decoded, &header) != nil {
		return invalid("the token's header cannot be read")
	}
	kind := strings.TrimPrefix(strings.ToLower(header.Type), "application/")
	if !tokenTypes[kind] || b.cfg.AccessTokens && kind != accessTokenType {
		return invalid(fmt.Sprintf("the token is of the type %.40q", header.Type))
	}
	return nil
}
