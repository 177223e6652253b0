package bearer

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-pme/pme/internal/provider"
	"github.com/go-pme/pme/middleware/internal/token"
)

// verify checks everything about a token that go-oidc checks: signature, algorithm, issuer, audience and
// expiry. An error is a [*middleware.Rejection] if the token was judged.
func (b *recognizer) verify(ctx context.Context, text string) (*oidc.IDToken, error) {
	keys := &provider.Signature{Keys: b.keys}
	err := keys.Screen(ctx, text, b.cfg.Algorithms)
	var verified *oidc.IDToken
	if err == nil {
		verified, err = oidc.NewVerifier(b.cfg.Issuer, keys, &b.checks).Verify(ctx, text)
	}
	b.note(ctx, keys)
	var expired *oidc.TokenExpiredError
	switch {
	case err == nil:
		return verified, nil
	case keys.Unavailable != nil:
		return nil, fmt.Errorf("bearer: the signature of a token cannot be checked: %w", keys.Unavailable)
	case errors.As(err, &expired):
		return nil, b.explain(&token.Untrusted{Code: token.InvalidToken, Text: "The token has expired.", Reason: "the token has expired"})
	case keys.Good:
		// The issuer has signed what the error is about, so that it can be quoted.
		return nil, b.explain(token.Invalid(err.Error()))
	default:
		return nil, b.explain(token.Invalid("the token is no JWT that one of the issuer's keys and an accepted algorithm signed"))
	}
}

// note takes in how a KeySet of the host did. A token that was judged for another reason says nothing about it.
func (b *recognizer) note(ctx context.Context, keys *provider.Signature) {
	if failed := keys.KeysFailed(); keys.Good || failed != nil {
		b.health.Note(ctx, failed, provider.HealthKeys)
	}
}

// tokenTypes are what the header of a token may call it (RFC 7519 §5.1, RFC 9068 §2.1). Everything else
// is a JWT for another purpose, such as a logout token.
var tokenTypes = map[string]bool{"": true, "jwt": true, accessTokenType: true}

const accessTokenType = "at+jwt"

// checkType is about the header of a token whose signature is good.
func (b *recognizer) checkType(text string) error {
	encoded, _, _ := strings.Cut(text, ".")
	decoded, err := base64.RawURLEncoding.DecodeString(encoded)
	var header struct {
		Type string `json:"typ"`
	}
	if err != nil || json.Unmarshal(decoded, &header) != nil {
		return token.Invalid("the token's header cannot be read")
	}
	kind := strings.TrimPrefix(strings.ToLower(header.Type), "application/")
	if !tokenTypes[kind] || b.cfg.AccessTokens && kind != accessTokenType {
		return token.Invalid(fmt.Sprintf("the token is of the type %.40q", header.Type))
	}
	return nil
}
