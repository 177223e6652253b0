package middleware

import "github.com/go-pme/pme/internal/cookie"

// cookieJar is how an OIDC's cookies are called, and written.
type cookieJar struct {
	cookie.Jar
	session       string
	attemptPrefix string
}

func newCookieJar(name string, secure bool) cookieJar {
	jar := cookie.Jar{Secure: secure}
	name = jar.Name(name)
	return cookieJar{Jar: jar, session: name, attemptPrefix: name + "-login-"}
}
