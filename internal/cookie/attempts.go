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
	MaxBytes int    // of the Cookie header for all of them, the new one included; 0 is no limit

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
	name := a.Name(id)
	a.makeRoom(w, r, name, 1, inHeader(name, value))
	a.Set(w, name, value, life)
}

// makeRoom clears attempts until there is room for so many new ones of that size. It leaves out the cookie called
// except.
func (a *Attempts) makeRoom(w http.ResponseWriter, r *http.Request, except string, more, size int) {
	type running struct {
		name  string
		size  int
		began time.Time
	}
	var others []running
	for _, c := range r.Cookies() {
		if !strings.HasPrefix(c.Name, a.Prefix) || c.Name == except {
			continue
		}
		began, ok := a.Began(c.Name, c.Value)
		if !ok {
			a.Clear(w, c.Name)
			continue
		}
		others = append(others, running{c.Name, inHeader(c.Name, c.Value), began})
		size += others[len(others)-1].size
	}
	slices.SortStableFunc(others, func(a, b running) int { return cmp.Or(a.began.Compare(b.began), cmp.Compare(a.name, b.name)) })
	for len(others) > 0 && (len(others)+more > a.Most || a.MaxBytes > 0 && size > a.MaxBytes) {
		a.Clear(w, others[0].name)
		size -= others[0].size
		others = others[1:]
	}
}

// inHeader is how many bytes of the Cookie header a cookie takes, with what separates it from others.
func inHeader(name, value string) int { return len(name) + len("=") + len(value) + len("; ") }

// Find returns the value of the attempt's cookie, and false if this browser has none.
func (a *Attempts) Find(r *http.Request, id string) (value string, ok bool) {
	c, err := r.Cookie(a.Name(id))
	if err != nil {
		return "", false
	}
	return c.Value, true
}

// End clears the attempt's cookie. Where more attempts began at once than there is room for, none of which could
// know of the others, it clears the oldest of them too.
func (a *Attempts) End(w http.ResponseWriter, r *http.Request, id string) {
	name := a.Name(id)
	a.Clear(w, name)
	a.makeRoom(w, r, name, 0, 0)
}
