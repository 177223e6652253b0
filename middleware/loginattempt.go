package middleware

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net/http"
	"slices"
	"strings"
	"time"

	"golang.org/x/oauth2"
)

const (
	// attemptLife is how long a person may take to sign in at the provider.
	attemptLife = 10 * time.Minute

	// Attempts at once in one browser, and what their cookies may take of the Cookie header, for which
	// common servers allow 8 KiB. The oldest make way.
	maxAttempts     = 5
	maxAttemptBytes = 4 << 10

	// maxAttemptReturn is the longest return path in bytes that is carried through a login.
	maxAttemptReturn = 1024
)

// loginAttempt is one login under way, sealed into a cookie of its own, so that several tabs do not get
// into each other's way. The state that comes back from the provider finds the cookie, and only the
// browser in which the login began has it: a callback with anybody else's code and state is refused.
type loginAttempt struct {
	state    string
	nonce    string
	verifier string // of PKCE
	back     string // the return path
	began    int64  // in Unix seconds
}

func newLoginAttempt(back string, now time.Time) *loginAttempt {
	if len(back) > maxAttemptReturn {
		back = "/"
	}
	return &loginAttempt{
		state:    randomText(),
		nonce:    randomText(),
		verifier: oauth2.GenerateVerifier(),
		back:     back,
		began:    now.Unix(),
	}
}

// randomText returns 192 random bits in letters, digits, hyphens and underscores.
func randomText() string {
	b := make([]byte, 24)
	_, _ = rand.Read(b) // never fails
	return base64.RawURLEncoding.EncodeToString(b)
}

func (a *loginAttempt) appendTo(b []byte) []byte {
	for _, text := range []string{a.state, a.nonce, a.verifier, a.back} {
		b = appendText(b, text)
	}
	return appendNumber(b, a.began)
}

func (a *loginAttempt) parse(b []byte) error {
	f := fields{rest: string(b)}
	parsed := loginAttempt{state: f.text(), nonce: f.text(), verifier: f.text(), back: f.text(), began: f.number()}
	if err := f.done(); err != nil {
		return err
	}
	*a = parsed
	return nil
}

// running reports whether the attempt may still be finished.
func (a *loginAttempt) running(now time.Time) bool {
	return now.Before(time.Unix(a.began, 0).Add(attemptLife))
}

func (a *loginAttempt) hasState(state string) bool {
	return a.state != "" && subtle.ConstantTimeCompare([]byte(a.state), []byte(state)) == 1
}

func (a *loginAttempt) hasNonce(nonce string) bool {
	return a.nonce != "" && subtle.ConstantTimeCompare([]byte(a.nonce), []byte(nonce)) == 1
}

// attemptName is the name of the cookie for the attempt with that state, which is not to be read from it.
func (o *OIDC) attemptName(state string) string {
	sum := sha256.Sum256([]byte(state))
	return o.cookies.attemptPrefix + base64.RawURLEncoding.EncodeToString(sum[:9])
}

// findAttempt returns the attempt of this browser that the state belongs to.
func (o *OIDC) findAttempt(r *http.Request, state string) (*loginAttempt, bool) {
	name := o.attemptName(state)
	c, err := r.Cookie(name)
	if err != nil {
		return nil, false
	}
	var a loginAttempt
	if o.seals.open(name, c.Value, &a) != nil || !a.hasState(state) || !a.running(o.cfg.Now()) {
		return nil, false
	}
	return &a, true
}

// makeRoom clears the browser's attempts that are over, and the oldest until one of that size fits.
func (o *OIDC) makeRoom(w http.ResponseWriter, r *http.Request, size int) {
	type running struct {
		name  string
		size  int
		began int64
	}
	var others []running
	for _, c := range r.Cookies() {
		if !strings.HasPrefix(c.Name, o.cookies.attemptPrefix) {
			continue
		}
		var a loginAttempt
		if o.seals.open(c.Name, c.Value, &a) != nil || !a.running(o.cfg.Now()) {
			o.cookies.Clear(w, c.Name)
			continue
		}
		size += len(c.Value)
		others = append(others, running{c.Name, len(c.Value), a.began})
	}
	slices.SortStableFunc(others, func(a, b running) int { return int(a.began - b.began) })
	for len(others) > 0 && (len(others) >= maxAttempts || size > maxAttemptBytes) {
		o.cookies.Clear(w, others[0].name)
		size -= others[0].size
		others = others[1:]
	}
}
