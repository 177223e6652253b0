package mistakes_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gorilla/sessions"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/middleware/oidclogin"
)

func (p *portal) wantLines(t *testing.T, n int) {
	t.Helper()
	if got := strings.Count(p.log.String(), "\n") - strings.Count(p.log.String(), "msg=configured"); got != n { // without that of the start
		t.Errorf("%d lines in the log, want %d:\n%s", got, n, p.log.String())
	}
}

// signIn opens the gallery, signs in as alice, and comes back.
func (p *portal) signIn(t *testing.T) {
	t.Helper()
	site := p.site(t)
	signIn(t, browser(t, site), site)
}

func signIn(t *testing.T, client *http.Client, site *httptest.Server) {
	t.Helper()
	open(t, client, site.URL+"/pme/")
	open(t, client, site.URL+"/login?next=/pme/&user=alice")
}

// Mistake 3: the wrong session name, or other keys. The browser is sent to log in again and again.
func TestWrongSessionName(t *testing.T) {
	p := newPortal(t)
	p.session.Name = "portal"
	p.signIn(t)
	want(t, p.log.String(), "level=WARN", "login_repeated", `the cookie \"portal\"`, "the browser sent", "intranet", "check the name and the keys of the session")
}

func TestWrongSessionKey(t *testing.T) {
	p := newPortal(t)
	p.session.Store = sessions.NewCookieStore([]byte("another key, which the login does not have"))
	p.signIn(t)
	want(t, p.log.String(), "level=WARN", "login_repeated", "cannot be read: forged, cut off, expired or from other keys")
}

// The same kind: the login writes the ID under another name.
func TestWrongUserKey(t *testing.T) {
	p := newPortal(t)
	p.session.UserKey = "userID"
	p.signIn(t)
	want(t, p.log.String(), "level=WARN", "the session is not new and names no user", "the user ID in it")
}

// Mistake 4: a type assertion in the User function.
func TestTypeAssertionInTheUserFunction(t *testing.T) {
	p := newPortal(t)
	p.session.UserKey = ""
	p.session.User = func(s *sessions.Session) (identity.User, error) {
		return identity.User{ID: s.Values["id"].(string)}, nil //nolint:forcetypeassert // that is the mistake
	}
	p.signIn(t)
	want(t, p.log.String(), "interface conversion: interface {} is nil, not string", "mistakes/login_test.go")
}

// Mistake 13: a Secure cookie over plain http. The browser does not send it.
func TestSecureCookieOverPlainHTTP(t *testing.T) {
	p := newPortal(t)
	p.store.Options.Secure = true
	site := p.site(t)
	signIn(t, site.Client(), site) // without the cookie
	want(t, p.log.String(), "level=WARN", "login_repeated", "the browser sent no cookies", "that its cookie is not Secure on plain http")
}

// Mistake 12: a wrong redirect URL of the OpenID login, or plain http behind TLS.
func TestWrongRedirectURL(t *testing.T) {
	for _, address := range []string{"/auth/callback", "http://intranet.example.com/auth/callback", "https://intranet.example.com/auth/"} {
		_, err := oidclogin.New(oidclogin.Config{
			Issuer: "https://login.example.com", ClientID: "id", ClientSecret: "secret", RedirectURL: address,
			CookieKeys: [][]byte{make([]byte, 32), make([]byte, 32)},
		})
		if err == nil {
			t.Errorf("%s is no error", address)
			continue
		}
		want(t, err.Error(), "RedirectURL", "absolute", "https", "/callback")
	}
}

// The session store fails, which the operator has to know.
func TestSessionStoreFails(t *testing.T) {
	p := newPortal(t)
	p.session.Store = failing{}
	site := p.site(t)
	if status, page := open(t, browser(t, site), site.URL+"/pme/"); status != http.StatusServiceUnavailable || strings.Contains(page, "database") {
		t.Errorf("%d %s", status, page)
	}
	want(t, p.log.String(), "level=WARN", "request refused", "the session store does not answer: no such database")
}

type failing struct{ sessions.Store }

func (failing) Get(*http.Request, string) (*sessions.Session, error) {
	return nil, errors.New("no such database")
}
