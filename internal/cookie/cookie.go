// Package cookie writes the project's cookies, all in the same way: nothing about them is left to a default.
package cookie

import (
	"net/http"
	"time"
)

// A Jar sets and clears cookies.
type Jar struct {
	// Secure is true except on loopback addresses, where there may be no TLS.
	Secure bool

	// Partitioned cookies are sent inside a frame of another site too, to each such site its own (CHIPS). They
	// must be Secure. They have another name than the same cookie without: browsers send both.
	Partitioned bool
}

// Name returns the name that a cookie is to have. Browsers refuse a cookie with the prefix __Host- from a
// subdomain, from another path and over http (RFC 6265bis §4.1.3.2), so that no other site can plant one.
func (j Jar) Name(name string) string {
	if j.Partitioned {
		name += "-partitioned"
	}
	if j.Secure {
		return "__Host-" + name
	}
	return name
}

// Set sets a cookie, for one second at least.
func (j Jar) Set(w http.ResponseWriter, name, value string, life time.Duration) {
	j.write(w, name, value, max(1, int(life/time.Second)))
}

// Clear has the browser forget a cookie.
func (j Jar) Clear(w http.ResponseWriter, name string) { j.write(w, name, "", -1) }

// write sets or clears a cookie. SameSite is not Strict, as the way back from a provider starts on another site.
func (j Jar) write(w http.ResponseWriter, name, value string, maxAge int) {
	sameSite := http.SameSiteLaxMode
	if j.Partitioned {
		sameSite = http.SameSiteNoneMode
	}
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // not Secure on loopback addresses only
		Name:        name,
		Value:       value,
		Path:        "/",
		MaxAge:      maxAge,
		Secure:      j.Secure,
		HttpOnly:    true,
		SameSite:    sameSite,
		Partitioned: j.Partitioned,
	})
}
