package middleware

import (
	"sync"
	"time"

	"github.com/gorilla/sessions"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/memo"
)

// cookieMemo remembers which user the exact bytes of a cookie stood for when they were last decoded.
type cookieMemo struct {
	store    *sessions.CookieStore
	remember time.Duration
	now      func() time.Time // securecookie judges expiry by the same clock
	cookies  *memo.Table[signature]

	renewing sync.Mutex // guards what follows
	keys     *keyring   // the latest, shared by the entries made under it
}

// signature is when a cookie was signed, in Unix seconds, the keys that it was accepted by, and the names
// under which its session may have been revoked.
type signature struct {
	keys   *keyring
	signed int64
	names  []string
}

// decoding is what held when a cookie began to be decoded.
type decoding struct {
	generation memo.Generation
	keys       *keyring
	at         time.Time
}

func newMemo(store *sessions.CookieStore, remember time.Duration) *cookieMemo {
	return &cookieMemo{store: store, remember: remember, now: time.Now, cookies: memo.New[signature]()}
}

// find returns the user that the cookie stands for, with the names, or nil if that is not remembered or does
// not hold any more.
func (m *cookieMemo) find(cookie string) (*identity.User, []string) {
	if e := m.cookies.Find(cookie); e != nil && m.holds(e) {
		return e.User, e.Proof.names
	}
	return nil, nil
}

func (m *cookieMemo) holds(e *memo.Entry[signature]) bool {
	now, keys := m.now(), e.Proof.keys
	return now.Before(e.Until) && keys.accepts(e.Proof.signed, now) && keys.stillOf(m.store)
}

// begin is called before a cookie is decoded whose user is then kept.
func (m *cookieMemo) begin() decoding {
	begun := decoding{generation: m.cookies.Begin(), at: m.now()}
	m.renewing.Lock()
	defer m.renewing.Unlock()
	if m.keys == nil || !m.keys.stillOf(m.store) {
		m.keys = newKeyring(m.store)
	}
	begun.keys = m.keys
	return begun
}

// keep remembers that the cookie stands for u, unless it cannot be told for how long that holds, or a
// user was invalidated since begin.
//
// The cookie is as it stands in the header, and u is what the store made of it. The two belong together
// because signedAt takes base64 only, which net/http hands to the store as it is or not at all.
func (m *cookieMemo) keep(begun decoding, cookie string, u *identity.User, names []string) {
	if begun.keys == nil {
		return
	}
	if signed, ok := signedAt(cookie); ok {
		m.cookies.Keep(begun.generation, cookie, u, begun.at.Add(m.remember), signature{begun.keys, signed, names})
	}
}

// invalidate drops everything remembered of the user, and what is being decoded.
func (m *cookieMemo) invalidate(userID string) { m.cookies.Invalidate(userID) }
