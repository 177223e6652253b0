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
		values[i] = l.endpoints.seals.Seal(l.endpoints.cookieName, s)
	}
	return values
}

// raw is sealed as it is.
type raw string

func (r raw) AppendTo(b []byte) []byte { return append(b, r...) }
func (r raw) Parse([]byte) error       { return nil }

// Malformed returns session cookies that are sealed well and hold nothing that is a session.
func (l *Login) Malformed(tb testing.TB) map[string]string {
	tb.Helper()
	now := l.endpoints.cfg.Now().Unix()
	good := signIn{
		id: newSignInID(), subject: "alice", sessionGroups: sessionGroups{groups: []string{"staff"}}, issued: now, began: now, seen: now,
	}
	noID, noSubject := good, good
	noID.id, noSubject.subject = "", ""
	whole := string(good.AppendTo(nil))
	payloads := map[string]string{
		"nothing": "", "other version": "\x04" + whole[1:], "earlier version": "\x02" + whole[1:], "unknown bits": "\x03\x80" + whole[2:], "more behind it": whole + "x", "old JSON": `{"sub":"alice"}`,
		"text beyond the end": "\x03\x00\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", "number without end": "\x03\x00\x80\x80\x80",
		"no subject":       string(noSubject.AppendTo(nil)),
		"no id":            string(noID.AppendTo(nil)),
		"a billion groups": "\x03\x00" + "\x01a\x05b\x04\x00\x00" + "\x00\x00\x00\x00" + "\x00\x00" + "\x80\xa8\xd6\xb9\x07",
	}
	for i := range whole {
		payloads["cut after "+whole[:i]] = whole[:i]
	}
	cookies := maps.Clone(payloads)
	for what, payload := range payloads {
		cookies[what] = l.endpoints.seals.Seal(l.endpoints.cookieName, raw(payload))
	}
	return cookies
}

// Attempt seals an attempt under the name for named, with that state and return path.
func (l *Login) Attempt(tb testing.TB, named, state, back string) *http.Cookie {
	tb.Helper()
	a := newAttempt(back, l.endpoints.cfg.Now())
	a.state = state
	name := l.endpoints.attempts.Name(named)
	return &http.Cookie{Name: name, Value: l.endpoints.seals.Seal(name, a)}
}

// AuthorizationOf is where the login of the attempt goes on.
func (l *Login) AuthorizationOf(tb testing.TB, c *http.Cookie) (address string) {
	tb.Helper()
	var a attempt
	if err := l.endpoints.seals.Open(c.Name, c.Value, &a); err != nil {
		tb.Fatal(err)
	}
	p, err := l.endpoints.discovery.provider(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	return p.oauth.AuthCodeURL(a.state, l.endpoints.loginOptions(&a)...)
}
