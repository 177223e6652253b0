package middleware

import (
	"net/http"
	"time"
)

// cookieJar is how an OIDC's cookies look. It is the only place that writes them.
type cookieJar struct {
	session       string
	attemptPrefix string
	secure        bool
}

// newCookieJar chooses the names. The prefix __Host- makes browsers refuse such a cookie from a
// subdomain, from another path and over http (RFC 6265bis §4.1.3.2), so nobody can plant one.
func newCookieJar(name string, secure bool) cookieJar {
	if secure {
		name = "__Host-" + name
	}
	return cookieJar{session: name, attemptPrefix: name + "-login-", secure: secure}
}

func (j cookieJar) set(w http.ResponseWriter, name, value string, life time.Duration) {
	j.write(w, name, value, max(1, int(life/time.Second)))
}

func (j cookieJar) clear(w http.ResponseWriter, name string) { j.write(w, name, "", -1) }

// write sets or clears a cookie. SameSite is Lax and not Strict, as the way back from the provider
// starts on another site.
func (j cookieJar) write(w http.ResponseWriter, name, value string, maxAge int) {
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // not Secure on loopback addresses only
		Name:     name,
		Value:    value,
		Path:     "/",
		MaxAge:   maxAge,
		Secure:   j.secure,
		HttpOnly: true,
		SameSite: http.SameSiteLaxMode,
	})
}
