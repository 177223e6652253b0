package oidclogin

import (
	"strings"
	"testing"
	"time"

	"github.com/go-pme/pme/middleware/revocation"
)

func TestNamesInTheStoreAreShortAndPrintable(t *testing.T) {
	n := names{prefix: "oidc@" + strings.Repeat("x", 12) + "/"}
	for what, id := range map[string]string{
		"plain": "https://id.example#248289761001", "with spaces": "provider session 1", "longest": strings.Repeat("x", 255),
		"too long": strings.Repeat("x", 256), "other letters": "Ålice", "control": "a\x00b", "line break": "a\nb", "not UTF-8": "\xff",
	} {
		in := &signIn{id: newSignInID(), subject: id, sid: id}
		for _, name := range append(n.ends(in, "https://id.example"), n.owner(id), n.logoutToken(id), n.attempt(newAttempt(time.Now()).id()), n.tokens(in.session())) {
			if len(name) > 300 || strings.ContainsFunc(name, func(c rune) bool { return c < ' ' || c > '~' }) {
				t.Errorf("%s: the name %q has %d bytes, want 300 of printable ASCII", what, name, len(name))
			}
		}
	}
	for _, id := range []string{"https://id.example#248289761001", strings.Repeat("x", 255)} {
		if got := n.user(id); got != n.prefix+"ended/user/"+id {
			t.Errorf("the name %q has not the ID %q", got, id)
		}
	}
	if n.session("alice", "desk") == n.session("bob", "desk") {
		t.Error("the sessions of two users have one name")
	}
	if n.sid(strings.Repeat("x", 300)) == n.sid(strings.Repeat("x", 301)) {
		t.Error("two long IDs have one name")
	}
}

// By Now, not by the machine's clock.
func TestInProcessStoreRunsOnTheClockOfNow(t *testing.T) {
	now := time.Unix(1_000_000, 0)
	l, err := New(Config{
		Issuer: "https://id.example", ClientID: "intranet", RedirectURL: "https://intranet.example/auth/callback",
		CookieKeys: [][]byte{[]byte(strings.Repeat("h", 32)), []byte(strings.Repeat("b", 32))},
		Now:        func() time.Time { return now },
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	m := l.endpoints.cfg.Store
	if err := m.Revoke(t.Context(), "name", time.Minute); err != nil {
		t.Error(err)
	}
	for i, want := range []bool{true, false, false, true} {
		if revoked, err := m.Revoked(t.Context(), revocation.Session{Names: []string{"name"}}); revoked == (i == 3) || err != nil {
			t.Errorf("after %d steps of 29 seconds: Revoked = %v, %v", i, revoked, err)
		}
		if first, err := m.Once(t.Context(), "name", time.Minute); first != want || err != nil {
			t.Errorf("after %d steps of 29 seconds: Once = %v, %v; want %v", i, first, err, want)
		}
		now = now.Add(29 * time.Second)
	}
}
