package revoked

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"
)

// hashed begins the part of a name that is a hash.
const hashed = "~"

// Name returns an identifier in the form that it has as the last part of a [revocation.Store]'s name: as it
// is, or its hash if it is too long, or has other characters than printable ASCII.
func Name(id string) string {
	if len(id) <= 255 && !strings.HasPrefix(id, hashed) && !strings.ContainsFunc(id, func(c rune) bool { return c < ' ' || c > '~' }) {
		return id
	}
	sum := sha256.Sum256([]byte(id))
	return hashed + base64.RawURLEncoding.EncodeToString(sum[:])
}
