package cookie

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Attempts keeps what a browser needs to finish an attempt, such as a login at a provider: one cookie
// for each attempt, so that several tabs do not disturb each other.
type Attempts struct {
	Jar
	Prefix   string // of every cookie's name, as [Jar.Name] returned it
	Most     int    // attempts in one browser
	MaxBytes int    // of their values together, the new one included; 0 is no limit

	// Began returns when the attempt in a cookie began, and false if the attempt is over or the cookie
	// cannot be read. It only decides which cookie makes room for a new one.
	Began func(name, value string) (time.Time, bool)
}

// Name returns the name of the cookie for an attempt. The ID cannot be read from it.
func (a *Attempts) Name(id string) string {
	sum := sha256.Sum256([]byte(id))
	return a.Prefix + base64.RawURLEncoding.EncodeToString(sum[:9])
}

// Keep sets the cookie of a new attempt. It clears the browser's attempts that are over, and the oldest
// of the others until the new one fits.
func (a *Attempts) Keep(w http.ResponseWriter, r *http.Request, id, value string, life time.Duration) {
	type running struct {
		name  string
		size  int
		began time.Time
	}
	var others []running
	size := len(value)
	for _, c := range r.Cookies() {
		if !strings.HasPrefix(c.Name, a.Prefix) {
			continue
		}
		began, ok := a.Began(c.Name, c.Value)
		if !ok {
			a.Clear(w, c.Name)
			continue
		}
		size += len(c.Value)
		others = append(others, running{c.Name, len(c.Value), began})
	}
	slices.SortStableFunc(others, func(a, b running) int { return cmp.Or(a.began.Compare(b.began), cmp.Compare(a.name, b.name)) })
	for len(others) > 0 && (len(others) >= a.Most || a.MaxBytes > 0 && size > a.MaxBytes) {
		a.Clear(w, others[0].name)
		size -= others[0].size
		others = others[1:]
	}
	a.Set(w, a.Name(id), value, life)
}

// Find returns the value of the attempt's cookie, and false if this browser has none.
func (a *Attempts) Find(r *http.Request, id string) (value string, ok bool) {
	c, err := r.Cookie(a.Name(id))
	if err != nil {
		return "", false
	}
	return c.Value, true
}

// End clears the attempt's cookie.
func (a *Attempts) End(w http.ResponseWriter, id string) { a.Clear(w, a.Name(id)) }
