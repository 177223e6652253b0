package matterporttest

import (
	"cmp"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net/url"
	"regexp"
)

// challenge is what an authorize request commits its sender to (RFC 7636). The zero value commits to
// nothing.
type challenge struct{ method, value string }

// pkceText is the form of verifiers, and of both kinds of challenges (RFC 7636 §4.1).
var pkceText = regexp.MustCompile(`^[A-Za-z0-9._~-]{43,128}$`)

// readChallenge reads the challenge of an authorize request; ok is false for one that could never be met.
func readChallenge(form url.Values) (c challenge, ok bool) {
	value, method := form.Get("code_challenge"), form.Get("code_challenge_method")
	if value == "" {
		return challenge{}, method == ""
	}
	method = cmp.Or(method, "plain")
	return challenge{method: method, value: value}, (method == "S256" || method == "plain") && pkceText.MatchString(value)
}

// metBy says whether verifier is the one that the challenge was made of. One without a challenge is as
// wrong as the lack of one: an attacker may have removed the challenge from the authorize request.
func (c challenge) metBy(verifier string) bool {
	if c.value == "" {
		return verifier == ""
	}
	if !pkceText.MatchString(verifier) {
		return false
	}
	derived := verifier
	if c.method == "S256" {
		sum := sha256.Sum256([]byte(verifier))
		derived = base64.RawURLEncoding.EncodeToString(sum[:])
	}
	return subtle.ConstantTimeCompare([]byte(derived), []byte(c.value)) == 1
}
