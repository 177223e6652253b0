package webhook

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"
)

// A checker compares what a request sends with the accepted secrets. It compares digests under a key of its own, with all
// of the secrets, whatever the request has: neither the length of a secret nor the place of its first wrong byte shows in
// the time that it takes.
type checker struct {
	Credential
	key []byte
}

func newChecker(c Credential) *checker {
	key := make([]byte, sha256.Size)
	_, _ = rand.Read(key) // never fails
	c.Header = http.CanonicalHeaderKey(c.Header)
	return &checker{Credential: c, key: key}
}

// accepts reports whether the request has exactly one credential, and an accepted one.
func (c *checker) accepts(r *http.Request) bool {
	sent, single := c.sent(r.Header)
	digest, equal := c.digest(sent), false
	for _, s := range c.Secrets.Values() {
		same := hmac.Equal(digest, c.digest(c.expected(s)))
		equal = same || equal
	}
	return single && equal
}

// sent returns the credential of a request. It is not ok if there is none, or two, or one in another form.
func (c *checker) sent(h http.Header) (credential string, ok bool) {
	name := c.Header
	if name == "" {
		name = "Authorization"
	}
	values := h[name]
	if len(values) != 1 || len(values[0]) > 2*longest {
		return "", false
	}
	if c.Header != "" {
		return values[0], true
	}
	scheme, credential, spaced := strings.Cut(values[0], " ")
	switch {
	case c.User != "":
		user, err := base64.StdEncoding.DecodeString(strings.TrimSpace(credential))
		return string(user), err == nil && strings.EqualFold(scheme, "Basic")
	case !spaced:
		return values[0], true
	}
	return strings.TrimSpace(credential), strings.EqualFold(scheme, "Bearer") || strings.EqualFold(scheme, "Token")
}

// expected is what sent returns for a secret.
func (c *checker) expected(s string) string {
	if c.User != "" {
		return c.User + ":" + s
	}
	return s
}

func (c *checker) digest(s string) []byte {
	mac := hmac.New(sha256.New, c.key)
	_, _ = mac.Write([]byte(s))
	return mac.Sum(nil)
}

// challenge is the value of WWW-Authenticate, which an answer with status 401 must have.
func (c *checker) challenge() string {
	if c.User != "" {
		return `Basic realm="webhook"`
	}
	return `Bearer realm="webhook"`
}
