package oidclogin

import (
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net/http"
	"strings"
	"time"

	"github.com/go-pme/pme/middleware"
	"github.com/go-pme/pme/middleware/internal/returnpath"
	"github.com/go-pme/pme/middleware/oidclogin/internal/sealed"
)

const (
	// attemptLife is how long a user may take to sign in at the provider.
	attemptLife = 10 * time.Minute

	// Attempts at once in one browser, and how many bytes of the Cookie header they may take. Common
	// servers allow 8 KiB for that header, and a session may take half of it. The oldest attempts make room.
	maxAttempts     = 16
	maxAttemptBytes = 3 << 10

	// maxState is the longest state in bytes that is looked at: one with the longest return path is shorter.
	maxState = 2 * returnpath.Max

	seedSize = 24
)

// An attempt is a login in progress, sealed into a cookie of its own, so that several tabs do not disturb
// each other. The state that comes back from the provider finds the cookie, and only the browser in which
// the login began has it: a callback with the code and state of another browser is refused.
type attempt struct {
	seed  string // of all that is secret about the attempt, which keeps its cookie short
	began int64  // in Unix seconds
}

func newAttempt(now time.Time) *attempt {
	b := make([]byte, seedSize)
	_, _ = rand.Read(b) // never fails
	return &attempt{seed: string(b), began: now.Unix()}
}

// id names the attempt. It is the first part of the state.
func (a *attempt) id() string { return a.derive("state", 24) }

func (a *attempt) nonce() string { return a.derive("nonce", 24) }

// verifier is that of PKCE: 43 characters, as RFC 7636 §4.1 recommends.
func (a *attempt) verifier() string { return a.derive("verifier", 32) }

// derive returns so many bytes in letters, digits, hyphens and underscores. One use tells nothing about
// another, nor about the seed.
func (a *attempt) derive(use string, size int) string {
	b, err := hkdf.Expand(sha256.New, []byte(a.seed), "oidclogin "+use, size)
	if err != nil {
		panic("oidclogin: " + err.Error()) // never: the size is far below the limit
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

func (a *attempt) AppendTo(b []byte) []byte {
	return sealed.AppendNumber(sealed.AppendText(b, a.seed), a.began)
}

func (a *attempt) Parse(b []byte) error {
	f := sealed.NewFields(b)
	parsed := attempt{seed: f.Text(), began: f.Number()}
	if len(parsed.seed) != seedSize {
		f.Fail()
	}
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

// secrets are what no log may have of the attempt.
func (a *attempt) secrets() []string { return []string{a.id(), a.nonce(), a.verifier()} }

// sameSecret takes the same time whatever got is. An empty secret is equal to none.
func sameSecret(want, got string) bool {
	return want != "" && subtle.ConstantTimeCompare([]byte(want), []byte(got)) == 1
}

// findAttempt returns the attempt of this browser with that ID.
func (e *endpoints) findAttempt(r *http.Request, id string) (*attempt, bool) {
	value, ok := e.attempts.Find(r, id)
	if !ok {
		return nil, false
	}
	a, ok := e.openAttempt(e.attempts.Name(id), value)
	return a, ok && sameSecret(a.id(), id)
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

// A returnPath travels in the state, so that it is known even after the attempt is over. It is sealed: the provider
// and the logs on the way do not learn where the user was going.
type returnPath string

func (p *returnPath) AppendTo(b []byte) []byte { return append(b, *p...) }

func (p *returnPath) Parse(b []byte) error {
	*p = returnPath(b)
	return nil
}

// newState returns the state of an attempt that leads back to there: its ID, and the sealed path after a dot.
func (e *endpoints) newState(a *attempt, back string) string {
	if back == "/" {
		return a.id()
	}
	p := returnPath(back)
	return a.id() + "." + e.seals.Seal("return/"+a.id(), &p)
}

// readState returns the ID of the attempt, which is empty for what this login has not sealed, and the return path,
// which is empty if the state has none.
func (e *endpoints) readState(state string) (id, back string) {
	if len(state) > maxState {
		return "", ""
	}
	id, path, hasPath := strings.Cut(state, ".")
	if !hasPath {
		return id, ""
	}
	var p returnPath
	if e.seals.Open("return/"+id, path, &p) != nil {
		return "", ""
	}
	return id, e.localPath(string(p))
}

// localPath returns a return path that is safe and does not begin the next login, and otherwise nothing.
func (e *endpoints) localPath(back string) string {
	local, safe := middleware.LocalPath(back)
	if !safe || e.isOwnPath(local) {
		return ""
	}
	return local
}
