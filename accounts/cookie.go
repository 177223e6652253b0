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
	"github.com/go-pme/pme/internal/cookie"
)

// mostAttempts are those of one browser at once. Those that end first make way.
const mostAttempts = 5

// attemptCookies keep the proofs of the attempts that were begun in this browser, one cookie for each, so
// that several tabs do not get into each other's way.
type attemptCookies struct {
	cookie.Jar
	prefix string
}

func newAttemptCookies(secure bool) attemptCookies {
	jar := cookie.Jar{Secure: secure}
	return attemptCookies{Jar: jar, prefix: jar.Name("pme-connect-")}
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
	for _, c := range r.Cookies() {
		if strings.HasPrefix(c.Name, j.prefix) {
			ends, _, _ := strings.Cut(c.Value, ".")
			at, _ := strconv.ParseInt(ends, 10, 64) // what cannot be read goes first
			others = append(others, other{c.Name, at})
		}
	}
	slices.SortStableFunc(others, func(a, b other) int { return cmp.Compare(a.ends, b.ends) })
	for len(others) >= mostAttempts {
		j.Clear(w, others[0].name)
		others = others[1:]
	}
	value := strconv.FormatInt(a.Ends.Unix(), 10) + "." + string(a.Proof)
	j.Set(w, j.name(a.ID), value, a.Ends.Sub(now))
}

// take returns the attempt's proof, which is empty where this browser has none, and clears it.
func (j attemptCookies) take(w http.ResponseWriter, r *http.Request, attempt string) (proof string) {
	name := j.name(attempt)
	kept, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	j.Clear(w, name)
	_, proof, _ = strings.Cut(kept.Value, ".")
	return proof
}
