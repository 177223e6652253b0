package oidclogin

import (
	"crypto/rand"
	"encoding/base64"
	"time"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/provider"
)

// A signIn is one user's session in one browser, the content of the session cookie. Times are in Unix
// seconds.
type signIn struct {
	id      string // 16 random bytes; not a credential, since only seals can put it into a cookie
	subject string
	sid     string // the provider's own identifier of the session; may be empty
	email   string // verified, or empty
	name    string
	groups  []string
	issued  int64 // when the provider issued the ID token of the login, on its clock
	began   int64 // when the session began
	seen    int64 // when the cookie was last written
	renewAt int64 // when the claims are due for renewal; 0 is never

	// position is the store's when the login came back from the provider. If it is empty, the session is
	// older than every EndSessions.
	position string
}

// The first byte of a sealed signIn. Version 1 has no position. A cookie of another version is unreadable.
const (
	signInVersion    = 2
	signInNoPosition = 1
)

func newSignInID() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b) // never fails
	return string(b)
}

func (s *signIn) appendTo(b []byte) []byte {
	b = append(b, signInVersion)
	for _, text := range []string{s.id, s.subject, s.sid, s.email, s.name} {
		b = appendText(b, text)
	}
	b = appendNumber(b, int64(len(s.groups)))
	for _, g := range s.groups {
		b = appendText(b, g)
	}
	for _, n := range []int64{s.issued, s.began, s.seen, s.renewAt} {
		b = appendNumber(b, n)
	}
	return appendText(b, s.position)
}

func (s *signIn) parse(b []byte) error {
	if len(b) == 0 || b[0] != signInVersion && b[0] != signInNoPosition {
		return errFields
	}
	f := fields{rest: string(b[1:])}
	parsed := signIn{
		id: f.text(), subject: f.text(), sid: f.text(), email: f.text(), name: f.text(),
		groups: f.texts(),
		issued: f.number(), began: f.number(), seen: f.number(), renewAt: f.number(),
	}
	if b[0] != signInNoPosition {
		parsed.position = f.text()
	}
	if err := f.done(); err != nil {
		return err
	}
	if parsed.id == "" || parsed.subject == "" {
		return errFields
	}
	*s = parsed
	return nil
}

// session returns the id as [identity.User.Session] and names in the store have it.
func (s *signIn) session() string { return base64.RawURLEncoding.EncodeToString([]byte(s.id)) }

func (s *signIn) user(issuer string) *identity.User {
	return &identity.User{
		ID:            provider.UserID(issuer, s.subject),
		Email:         s.email,
		EmailVerified: s.email != "",
		Name:          s.name,
		Groups:        s.groups,
		Session:       s.session(),
	}
}

// claims are those about the user's address and name.
func (s *signIn) claims() map[string]any {
	claims := map[string]any{"name": s.name}
	if s.email != "" {
		claims["email"], claims["email_verified"] = s.email, true
	}
	return claims
}

// expires returns when the session expires if its cookie is not written again.
func (s *signIn) expires(idle, lifetime time.Duration) time.Time {
	return earlier(time.Unix(s.seen, 0).Add(idle), time.Unix(s.began, 0).Add(lifetime))
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
