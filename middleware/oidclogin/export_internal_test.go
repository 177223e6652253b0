package oidclogin

import (
	"maps"
	"net/http"
	"testing"
)

// Resealed seals the session of a cookie that often anew: the same session, other bytes.
func (l *Login) Resealed(tb testing.TB, cookie string, n int) []string {
	tb.Helper()
	s, err := l.endpoints.open(cookie)
	if err != nil {
		tb.Fatal(err)
	}
	values := make([]string, n)
	for i := range values {
		if values[i], err = l.endpoints.seals.seal(l.endpoints.cookieName, s); err != nil {
			tb.Fatal(err)
		}
	}
	return values
}

// WithoutPosition returns the session of a cookie as the first version of the format had it.
func (l *Login) WithoutPosition(tb testing.TB, cookie string) string {
	tb.Helper()
	s, err := l.endpoints.open(cookie)
	if err != nil {
		tb.Fatal(err)
	}
	s.position = ""
	b := s.appendTo(nil)
	b[0] = 1
	sealed, err := l.endpoints.seals.seal(l.endpoints.cookieName, raw(b[:len(b)-1]))
	if err != nil {
		tb.Fatal(err)
	}
	return sealed
}

// raw is sealed as it is.
type raw string

func (r raw) appendTo(b []byte) []byte { return append(b, r...) }
func (r raw) parse([]byte) error       { return nil }

// Malformed returns session cookies that are sealed well and hold nothing that is a session.
func (l *Login) Malformed(tb testing.TB) map[string]string {
	tb.Helper()
	now := l.endpoints.cfg.Now().Unix()
	good := signIn{id: newSignInID(), subject: "alice", groups: []string{"staff"}, issued: now, began: now, seen: now}
	noID, noSubject := good, good
	noID.id, noSubject.subject = "", ""
	whole := string(good.appendTo(nil))
	payloads := map[string]string{
		"nothing": "", "other version": "\x03" + whole[1:], "version without position": "\x01" + whole[1:], "more behind it": whole + "x", "old JSON": `{"sub":"alice"}`,
		"text beyond the end": "\x02\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", "number without end": "\x02\x80\x80\x80",
		"no subject":       string(noSubject.appendTo(nil)),
		"no id":            string(noID.appendTo(nil)),
		"a billion groups": "\x02" + "\x01a\x01b\x00\x00\x00" + "\x80\xa8\xd6\xb9\x07",
	}
	for i := range whole {
		payloads["cut after "+whole[:i]] = whole[:i]
	}
	cookies := maps.Clone(payloads)
	for what, payload := range payloads {
		sealed, err := l.endpoints.seals.seal(l.endpoints.cookieName, raw(payload))
		if err != nil {
			tb.Fatal(err)
		}
		cookies[what] = sealed
	}
	return cookies
}

// Attempt seals an attempt under the name for named, with that state and return path.
func (l *Login) Attempt(tb testing.TB, named, state, back string) *http.Cookie {
	tb.Helper()
	a := newAttempt(back, l.endpoints.cfg.Now())
	a.state = state
	name := l.endpoints.attempts.Name(named)
	sealed, err := l.endpoints.seals.seal(name, a)
	if err != nil {
		tb.Fatal(err)
	}
	return &http.Cookie{Name: name, Value: sealed}
}

// AuthorizationOf is where the login of the attempt goes on.
func (l *Login) AuthorizationOf(tb testing.TB, c *http.Cookie) (address string) {
	tb.Helper()
	var a attempt
	if err := l.endpoints.seals.open(c.Name, c.Value, &a); err != nil {
		tb.Fatal(err)
	}
	p, err := l.endpoints.discovery.provider(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	return p.oauth.AuthCodeURL(a.state, l.endpoints.loginOptions(&a)...)
}
