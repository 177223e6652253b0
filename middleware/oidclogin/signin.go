package oidclogin

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"time"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/provider"
	"github.com/go-pme/pme/middleware/oidclogin/internal/named"
	"github.com/go-pme/pme/middleware/oidclogin/internal/sealed"
)

// A signIn is one user's session in one browser, the content of the session cookie. Times are in Unix
// seconds.
type signIn struct {
	id      string // 16 random bytes; not a credential, since only seals can put it into a cookie
	subject string
	sid     string // the provider's own identifier of the session; may be empty
	email   string // verified, or empty
	name    string
	issued  int64 // when the provider issued the ID token of the login, on its clock
	began   int64 // when the session began
	seen    int64 // when the cookie was last written
	renewAt int64 // when the claims are due for renewal; 0 is never
	proved  int64 // when the provider last had the user prove who they are, on its clock; 0 is unknown

	// position is the store's when the login came back from the provider. If it is empty, the session is
	// older than every EndSessions.
	position string

	sessionGroups
	elsewhere bool        // the groups are in the store
	settled   bool        // a renewal brings no groups
	asked     named.Asked // to sign in again because of groups
}

// sessionGroups are the groups of a session. A cookie in which they do not fit has them in the store.
type sessionGroups struct {
	groups []string
	rest   named.Rest // the groups of the user that are left out
}

// signInVersion is the first byte of a sealed signIn. A cookie of another version is unreadable.
const signInVersion = 3

// The bits after the version.
const (
	bitElsewhere = 1 << iota
	bitSettled
	bitProved // there is such a time
)

func newSignInID() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b) // never fails
	return string(b)
}

// AppendTo implements [sealed.Value].
func (s *signIn) AppendTo(b []byte) []byte {
	var bits byte
	if s.elsewhere {
		bits |= bitElsewhere
	}
	if s.settled {
		bits |= bitSettled
	}
	if s.proved != 0 {
		bits |= bitProved
	}
	b = sealed.AppendText(append(b, signInVersion, bits), s.id)
	b = sealed.AppendName(sealed.AppendName(b, s.subject), s.sid) // which many providers make of UUIDs
	b = sealed.AppendText(sealed.AppendText(b, s.email), s.name)
	for _, n := range []int64{s.issued, s.began, s.seen, s.renewAt} {
		b = sealed.AppendNumber(b, n)
	}
	if s.proved != 0 {
		b = sealed.AppendNumber(b, s.proved)
	}
	b = s.asked.AppendTo(sealed.AppendText(b, s.position))
	if !s.elsewhere {
		b = s.sessionGroups.AppendTo(b)
	}
	return b
}

// Parse implements [sealed.Value].
func (s *signIn) Parse(b []byte) error {
	if len(b) < 2 || b[0] != signInVersion {
		return sealed.ErrMalformed
	}
	bits, f := b[1], sealed.NewFields(b[2:])
	parsed := signIn{
		elsewhere: bits&bitElsewhere != 0, settled: bits&bitSettled != 0,
		id: f.Text(), subject: f.Name(), sid: f.Name(), email: f.Text(), name: f.Text(),
		issued: f.Number(), began: f.Number(), seen: f.Number(), renewAt: f.Number(),
	}
	if bits&bitProved != 0 {
		parsed.proved = f.Number()
	}
	parsed.position, parsed.asked = f.Text(), named.ReadAsked(&f)
	if !parsed.elsewhere {
		parsed.sessionGroups = readGroups(&f)
	}
	if err := f.Done(); err != nil {
		return err
	}
	if parsed.id == "" || parsed.subject == "" || bits >= 2*bitProved {
		return sealed.ErrMalformed
	}
	*s = parsed
	return nil
}

// AppendTo implements [sealed.Value].
func (g *sessionGroups) AppendTo(b []byte) []byte {
	return g.rest.AppendTo(sealed.AppendNames(b, g.groups))
}

// Parse implements [sealed.Value].
func (g *sessionGroups) Parse(b []byte) error {
	f := sealed.NewFields(b)
	parsed := readGroups(&f)
	if err := f.Done(); err != nil {
		return err
	}
	*g = parsed
	return nil
}

func readGroups(f *sealed.Fields) sessionGroups {
	return sessionGroups{groups: f.Names(), rest: named.ReadRest(f)}
}

// session returns the id as [identity.User.Session] and names in the store have it.
func (s *signIn) session() string { return base64.RawURLEncoding.EncodeToString([]byte(s.id)) }

func (s *signIn) user(issuer string) *identity.User {
	var proved time.Time
	if s.proved != 0 {
		proved = time.Unix(s.proved, 0)
	}
	return &identity.User{
		ID:            provider.UserID(issuer, s.subject),
		Email:         s.email,
		EmailVerified: s.email != "",
		Name:          s.name,
		Groups:        s.groups,
		OmittedGroups: s.rest.Count,
		Session:       s.session(),

		AuthenticatedAt: proved,
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

// who tells an operator whose session this is, where the user ID does not.
func (s *signIn) who() string {
	if s.email == "" {
		return ""
	}
	return fmt.Sprintf("e-mail address %.128q", s.email)
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
