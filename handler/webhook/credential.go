package webhook

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/go-pme/pme/secret"
)

const (
	shortest = 16   // bytes of an accepted secret
	longest  = 1024 // bytes of one that is sent
)

// A Credential is what Matterport sends with each event, as it was registered there (docs/matterport.md §6). There are
// three kinds:
//
//   - User is set: basic authentication with that user, and a secret as the password (credType basic).
//   - Header is set: a header of that name with a secret as its value (additionalHeaders).
//   - Neither is set: an Authorization header with a secret as a bearer token. How Matterport writes a credential of the
//     type token is not documented, so "Bearer", "Token" and no scheme at all are accepted.
type Credential struct {
	// Secrets are accepted, each of at least 16 bytes: secret.Fixed or secret.File. Give two to change the secret without a
	// gap: the old one is accepted until it is replaced at Matterport. Required.
	Secrets *secret.Source

	// User is the user of basic authentication. Default: none.
	User string

	// Header is the name of a header of its own. Default: Authorization.
	Header string
}

// reserved are the headers that carry something else, or may not reach a handler as they were sent.
var reserved = []string{
	"Authorization", "Connection", "Content-Length", "Content-Type", "Cookie", "Host", "Proxy-Authorization", "Transfer-Encoding",
}

// Check reports everything that is wrong with c.
func (c Credential) Check() error {
	var errs []error
	for _, problem := range c.problems() {
		errs = append(errs, errors.New("webhook: "+problem))
	}
	return errors.Join(errs...)
}

func (c Credential) problems() (problems []string) {
	bad := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	if c.User != "" && c.Header != "" {
		bad("Credential has both User and Header: give one of them, as it was registered at Matterport")
	}
	if strings.Contains(c.User, ":") {
		bad("Credential.User has a colon, which ends the user in basic authentication: choose another user")
	}
	if c.Header != "" && !isToken(c.Header) {
		bad("Credential.Header is no name of a header: give one such as X-Webhook-Secret")
	}
	if slices.Contains(reserved, http.CanonicalHeaderKey(c.Header)) {
		bad("Credential.Header is %s, which has a meaning of its own: leave it empty for a bearer token, or give a name such as X-Webhook-Secret", c.Header)
	}
	return append(problems, c.secretProblems()...)
}

func (c Credential) secretProblems() (problems []string) {
	if c.Secrets == nil {
		return []string{"Credential.Secrets is missing: give secret.Fixed with the secret that is registered at Matterport, or secret.File"}
	}
	remove, err := c.Secrets.Register(secret.Consumer{Check: checkSecret})
	remove()
	if err != nil {
		problems = append(problems, "Credential.Secrets: "+err.Error())
	}
	return problems
}

// checkSecret says what is wrong with a secret.
func checkSecret(s string) error {
	switch {
	case len(s) < shortest:
		return fmt.Errorf("it has %d bytes, and at least %d are needed, as it is all that protects the webhook: make one by openssl rand -hex 32", len(s), shortest)
	case len(s) > longest/2, strings.TrimSpace(s) != s, strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' }):
		return fmt.Errorf("it has a space at an end, characters that are not ASCII, or more than %d bytes: make one by openssl rand -hex 32", longest/2)
	}
	return nil
}

// isToken reports whether name can be the name of a header (RFC 9110 §5.6.2).
func isToken(name string) bool {
	return !strings.ContainsFunc(name, func(r rune) bool {
		return r <= ' ' || r > '~' || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
	})
}
