package oidclogin

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"net/http"
	"time"

	"golang.org/x/oauth2"

	"github.com/go-pme/pme/middleware/oidclogin/internal/sealed"
)

const (
	// attemptLife is how long a user may take to sign in at the provider.
	attemptLife = 10 * time.Minute

	// Attempts at once in one browser, and how many bytes of the Cookie header they may take. Common
	// servers allow 8 KiB for that header. The oldest attempts make room.
	maxAttempts     = 5
	maxAttemptBytes = 4 << 10
)

// An attempt is a login in progress, sealed into a cookie of its own, so that several tabs do not disturb
// each other. The state that comes back from the provider finds the cookie, and only the browser in which
// the login began has it: a callback with the code and state of another browser is refused.
type attempt struct {
	state    string
	nonce    string
	verifier string // of PKCE
	back     string // the return path
	began    int64  // in Unix seconds
}

func newAttempt(back string, now time.Time) *attempt {
	return &attempt{
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

func (a *attempt) AppendTo(b []byte) []byte {
	for _, text := range []string{a.state, a.nonce, a.verifier, a.back} {
		b = sealed.AppendText(b, text)
	}
	return sealed.AppendNumber(b, a.began)
}

func (a *attempt) Parse(b []byte) error {
	f := sealed.NewFields(b)
	parsed := attempt{state: f.Text(), nonce: f.Text(), verifier: f.Text(), back: f.Text(), began: f.Number()}
	if err := f.Done(); err != nil {
		return err
	}
	*a = parsed
	return nil
}

// isOpen reports whether the attempt may still be finished.
func (a *attempt) isOpen(now time.Time) bool {
	return now.Before(time.Unix(a.began, 0).Add(attemptLife))
}

func (a *attempt) hasState(state string) bool { return sameSecret(a.state, state) }

func (a *attempt) hasNonce(nonce string) bool { return sameSecret(a.nonce, nonce) }

// secrets are what no log may have of the attempt.
func (a *attempt) secrets() []string { return []string{a.state, a.nonce, a.verifier} }

// sameSecret takes the same time whatever got is. An empty secret is equal to none.
func sameSecret(want, got string) bool {
	return want != "" && subtle.ConstantTimeCompare([]byte(want), []byte(got)) == 1
}

// findAttempt returns the attempt of this browser that the state belongs to.
func (e *endpoints) findAttempt(r *http.Request, state string) (*attempt, bool) {
	value, ok := e.attempts.Find(r, state)
	if !ok {
		return nil, false
	}
	a, ok := e.openAttempt(e.attempts.Name(state), value)
	return a, ok && a.hasState(state)
}

// openAttempt returns the attempt in a cookie, unless its time is over.
func (e *endpoints) openAttempt(name, value string) (*attempt, bool) {
	a := new(attempt)
	err := e.seals.Open(name, value, a)
	return a, err == nil && a.isOpen(e.cfg.Now())
}

// attemptBegan tells the jar of attempts which attempt is the oldest.
func (e *endpoints) attemptBegan(name, value string) (time.Time, bool) {
	a, ok := e.openAttempt(name, value)
	return time.Unix(a.began, 0), ok
}
