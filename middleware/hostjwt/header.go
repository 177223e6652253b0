package hostjwt

import (
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/go-jose/go-jose/v4/json"

	"github.com/go-pme/pme/middleware/internal/token"
)

// maxHeader is the longest encoded header in bytes that is read, before anything about a token is known to be good.
const maxHeader = 2 << 10

// refusedMembers are members of a header (RFC 7515 §4.1, RFC 7797, RFC 7519 §5.2) by which a token brings a key of its own, changes what
// is signed, or has another token in it. No host that signs its own sessions needs one.
var refusedMembers = []string{"crit", "jwk", "jku", "x5u", "x5c", "b64", "enc", "zip", "cty"}

// checkHeader refuses a token whose header does not say exactly what the configuration does. It reads with go-jose's own
// parser, which refuses a name that occurs twice: another one might not see the same header as the check of the
// signature.
func checkHeader(text, algorithm string) error {
	if strings.Count(text, ".") == 4 {
		return token.Invalid("the token is encrypted (JWE), and only signed ones are understood")
	}
	encoded, rest, _ := strings.Cut(text, ".")
	payload, signature, ok := strings.Cut(rest, ".")
	if !ok || payload == "" || signature == "" || len(encoded) > maxHeader || !isBase64(encoded) || !isBase64(payload) || !isBase64(signature) {
		return token.Invalid("the token is no JWT in the compact serialization")
	}
	decoded, err := base64.RawURLEncoding.Strict().DecodeString(encoded)
	var header map[string]any
	if err != nil || json.Unmarshal(decoded, &header) != nil {
		return token.Invalid("the header of the token cannot be read")
	}
	for _, name := range refusedMembers {
		if _, has := header[name]; has {
			return token.Invalid("the header of the token has the member " + name + ", which is not accepted")
		}
	}
	if header["alg"] != algorithm {
		return token.Invalid("the token has another alg than " + algorithm)
	}
	kind, isText := header["typ"].(string)
	if _, has := header["typ"]; has && !isText || !isType(kind) {
		return token.Invalid(fmt.Sprintf("the token is of the type %.40q", kind))
	}
	return nil
}

// isType reports whether a token that is called so is for a session (RFC 7519 §5.1). Others are for another purpose,
// such as logout tokens.
func isType(kind string) bool {
	switch strings.TrimPrefix(strings.ToLower(kind), "application/") {
	case "", "jwt", "at+jwt":
		return true
	}
	return false
}

// isBase64 reports whether s has only the characters of base64url, without padding (RFC 7515 §2).
func isBase64(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool {
		return r != '-' && r != '_' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	})
}
