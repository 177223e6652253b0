package provider

import (
	"encoding/base64"
	"errors"
	"strings"

	"github.com/go-jose/go-jose/v4/json"
)

// maxHeader is the longest encoded header in bytes that is read. It is read before anything about a token
// is known to be good; those of providers have some hundred bytes.
const maxHeader = 4 << 10

var (
	errNoJWT    = errors.New("the token is no JWT in the compact serialization")
	errCritical = errors.New("the token has a critical header parameter that is not understood")
)

// A compact is a JWT as it is sent (RFC 7515 §7.1), whose signature has not been checked.
type compact struct {
	algorithm string
	keyID     string // empty if the token does not name its key
	input     string // what is signed
	signature string // encoded
}

// parseCompact reads the header only, with go-jose's own parser: one that reads a name in another case, or
// the last of two, would not see the same header as the check of the signature.
func parseCompact(token string) (*compact, error) {
	encoded, rest, _ := strings.Cut(token, ".")
	claims, signature, ok := strings.Cut(rest, ".")
	if !ok || len(encoded) > maxHeader || strings.Contains(signature, ".") {
		return nil, errNoJWT
	}
	var header struct {
		Algorithm string `json:"alg"`
		KeyID     string `json:"kid"`
		Critical  any    `json:"crit"`
	}
	text, err := base64.RawURLEncoding.DecodeString(encoded)
	if err != nil || json.Unmarshal(text, &header) != nil {
		return nil, errNoJWT
	}
	if header.Critical != nil {
		return nil, errCritical
	}
	return &compact{
		algorithm: header.Algorithm, keyID: header.KeyID,
		input: token[:len(encoded)+1+len(claims)], signature: signature,
	}, nil
}
