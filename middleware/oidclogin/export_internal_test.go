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

// ForgedLogin is a login whose cookie and state are sealed with the right keys, whatever is in them.
type ForgedLogin struct {
	Cookie  *http.Cookie
	State   string
	Address string // where the login goes on
}

// Forge makes a login with that return path in its state. The cookie is called after the state of another login
// where that is given.
func (l *Login) Forge(tb testing.TB, back string, another *ForgedLogin) *ForgedLogin {
	tb.Helper()
	e := l.endpoints
	a := newAttempt(e.cfg.Now())
	f := &ForgedLogin{State: a.id()}
	if back != "" {
		path := returnPath(back)
		f.State += "." + e.seals.Seal("return/"+a.id(), &path)
	}
	if another != nil {
		f.State = another.State
	}
	id, _ := e.readState(f.State)
	f.Cookie = &http.Cookie{Name: e.attempts.Name(id)}
	f.Cookie.Value = e.seals.Seal(f.Cookie.Name, a)
	p, err := e.discovery.provider(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	f.Address = p.oauth.AuthCodeURL(f.State, e.loginOptions(a, false)...)
	return f
}

// Limits are those of logins in progress: how many, and how many bytes of the Cookie header.
func Limits() (attempts, bytes int) { return maxAttempts, maxAttemptBytes }
