package middleware

import (
	"sync"
	"time"

	"github.com/gorilla/sessions"

	"github.com/go-pme/pme/identity"
)

// memo remembers which person the exact bytes of a cookie stood for when they were last decoded.
type memo struct {
	store    *sessions.CookieStore
	remember time.Duration
	now      func() time.Time // nil: the wall clock
	wall     func() time.Time // what securecookie judges expiry by
	cookies  *table[signature]

	renewing sync.Mutex // held for what follows
	keys     *keyring   // the latest, shared by the entries made under it
}

// signature is when a cookie was signed, in Unix seconds, and the keys that it was accepted by.
type signature struct {
	keys   *keyring
	signed int64
}

// decoding is what held when a cookie began to be decoded.
type decoding struct {
	forgets uint64
	keys    *keyring
	at      time.Time
}

func newMemo(store *sessions.CookieStore, remember time.Duration, now func() time.Time) *memo {
	return &memo{store: store, remember: remember, now: now, wall: time.Now, cookies: newTable[signature]()}
}

// find returns the person that the cookie stands for, if that is remembered and still holds.
func (m *memo) find(cookie string) (*identity.User, bool) {
	if e := m.cookies.find(cookie); e != nil {
		return e.user, m.holds(e)
	}
	return nil, false
}

func (m *memo) holds(e *entry[signature]) bool {
	wall := m.wall()
	now := wall
	if m.now != nil {
		now = m.now()
	}
	keys := e.proof.keys
	return now.Before(e.until) && keys.accepts(e.proof.signed, wall) && keys.stillOf(m.store)
}

// begin is called before a cookie is decoded whose recognition is then kept.
func (m *memo) begin() decoding {
	now := m.now
	if now == nil {
		now = m.wall
	}
	begun := decoding{forgets: m.cookies.begin(), at: now()}
	m.renewing.Lock()
	defer m.renewing.Unlock()
	if m.keys == nil || !m.keys.stillOf(m.store) {
		m.keys = newKeyring(m.store)
	}
	begun.keys = m.keys
	return begun
}

// keep remembers that the cookie stands for u, unless it cannot be told for how long that holds, or
// somebody was forgotten since begin.
//
// The cookie is as it stands in the header, and u is what the store made of it. The two belong together
// because signedAt takes base64 only, which net/http hands to the store as it is or not at all.
func (m *memo) keep(begun decoding, cookie string, u *identity.User) {
	if begun.keys == nil {
		return
	}
	if signed, ok := signedAt(cookie); ok {
		m.cookies.keep(begun.forgets, cookie, u, begun.at.Add(m.remember), signature{begun.keys, signed})
	}
}

// forget drops all recognitions of the user, and those that are being made.
func (m *memo) forget(userID string) { m.cookies.forget(userID) }
