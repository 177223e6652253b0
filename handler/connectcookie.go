package handler

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-pme/pme/connect"
)

// mostAttempts are those of one browser at once. Those that end first make way.
const mostAttempts = 5

// attemptCookies keep the proofs of the attempts that were begun in this browser, one cookie for each, so
// that several tabs do not get into each other's way. It is the only place that writes them.
type attemptCookies struct {
	prefix string
	secure bool
}

// newAttemptCookies chooses the names. The prefix __Host- makes browsers refuse such a cookie from a
// subdomain, from another path and over http (RFC 6265bis §4.1.3.2), so nobody can plant one.
func newAttemptCookies(secure bool) attemptCookies {
	if secure {
		return attemptCookies{prefix: "__Host-pme-connect-", secure: true}
	}
	return attemptCookies{prefix: "pme-connect-"}
}

// name is that of the attempt's cookie. The ID, which comes back in an address, is not to be read from it.
func (j attemptCookies) name(attempt string) string {
	sum := sha256.Sum256([]byte(attempt))
	return j.prefix + base64.RawURLEncoding.EncodeToString(sum[:9])
}

// keep has the browser keep the attempt's proof until it ends, and makes room for it. The time in it is
// for telling the oldest, and nothing rests on it.
func (j attemptCookies) keep(w http.ResponseWriter, r *http.Request, a *connect.Attempt, now time.Time) {
	type other struct {
		name string
		ends int64
	}
	var others []other
	for _, cookie := range r.Cookies() {
		if strings.HasPrefix(cookie.Name, j.prefix) {
			ends, _, _ := strings.Cut(cookie.Value, ".")
			at, _ := strconv.ParseInt(ends, 10, 64) // what cannot be read goes first
			others = append(others, other{cookie.Name, at})
		}
	}
	slices.SortStableFunc(others, func(a, b other) int { return cmp.Compare(a.ends, b.ends) })
	for len(others) >= mostAttempts {
		j.write(w, others[0].name, "", -1)
		others = others[1:]
	}
	value := strconv.FormatInt(a.Ends.Unix(), 10) + "." + string(a.Proof)
	j.write(w, j.name(a.ID), value, max(1, int(a.Ends.Sub(now)/time.Second)))
}

// take returns the attempt's proof, which is empty where this browser has none, and clears it.
func (j attemptCookies) take(w http.ResponseWriter, r *http.Request, attempt string) (proof string) {
	name := j.name(attempt)
	cookie, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	j.write(w, name, "", -1)
	_, proof, _ = strings.Cut(cookie.Value, ".")
	return proof
}

// write sets or clears a cookie. SameSite is Lax and not Strict, as the way back from Matterport starts on
// another site.
func (j attemptCookies) write(w http.ResponseWriter, name, value string, maxAge int) {
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
