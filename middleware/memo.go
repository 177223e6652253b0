package middleware

import (
	"hash/maphash"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/sessions"

	"github.com/go-pme/pme/identity"
)

// The memo has room for memoSets × memoWays cookies, none longer than maxRemembered bytes.
const (
	memoSets      = 2048 // a power of two
	memoWays      = 4
	maxRemembered = 4096
)

// memo remembers which person the exact bytes of a cookie stood for when they were last decoded.
//
// It is a table of fixed size: the hash of a cookie names a set, and the cookie is in one of the
// set's places or not at all. Readers take no lock. A new cookie displaces the oldest of its set, so
// nothing has to be cleared away by a goroutine.
type memo struct {
	store    *sessions.CookieStore
	remember time.Duration
	now      func() time.Time // nil: the wall clock
	wall     func() time.Time // what securecookie judges expiry by
	seed     maphash.Seed
	sets     [memoSets][memoWays]atomic.Pointer[recognition]

	writing sync.Mutex // held by all that write to sets, and for what follows
	forgets uint64     // how often forget has run
	keys    *keyring   // the latest, shared by the entries made under it
}

// recognition is an entry of the memo. It is never changed.
type recognition struct {
	cookie string
	user   *identity.User
	until  time.Time // the end of the duration of Remember
	keys   *keyring
	signed int64 // when the cookie was signed, in Unix seconds
}

// decoding is what held when a cookie began to be decoded.
type decoding struct {
	forgets uint64
	keys    *keyring
	at      time.Time
}

func newMemo(store *sessions.CookieStore, remember time.Duration, now func() time.Time) *memo {
	return &memo{store: store, remember: remember, now: now, wall: time.Now, seed: maphash.MakeSeed()}
}

// find returns the person that the cookie stands for, if that is remembered and still holds.
func (m *memo) find(cookie string) (*identity.User, bool) {
	set := m.set(cookie)
	for i := range set {
		if e := set[i].Load(); e != nil && e.cookie == cookie {
			return e.user, m.holds(e)
		}
	}
	return nil, false
}

func (m *memo) holds(e *recognition) bool {
	wall := m.wall()
	now := wall
	if m.now != nil {
		now = m.now()
	}
	return now.Before(e.until) && e.keys.accepts(e.signed, wall) && e.keys.stillOf(m.store)
}

// begin is called before a cookie is decoded whose recognition is then kept.
func (m *memo) begin() decoding {
	now := m.now
	if now == nil {
		now = m.wall
	}
	m.writing.Lock()
	defer m.writing.Unlock()
	if m.keys == nil || !m.keys.stillOf(m.store) {
		m.keys = newKeyring(m.store)
	}
	return decoding{forgets: m.forgets, keys: m.keys, at: now()}
}

// keep remembers that the cookie stands for u, unless it cannot be told for how long that holds, or
// somebody was forgotten since begin: it might have been u.
//
// The cookie is as it stands in the header, and u is what the store made of it. The two belong together
// because signedAt takes base64 only, which net/http hands to the store as it is or not at all.
func (m *memo) keep(begun decoding, cookie string, u *identity.User) {
	if begun.keys == nil || len(cookie) > maxRemembered {
		return
	}
	signed, ok := signedAt(cookie)
	if !ok {
		return
	}
	kept := *u
	kept.Groups = slices.Clone(u.Groups) // the host may go on using its slice
	e := &recognition{
		// A copy: the cookie is a part of the whole header, which would be held on to with it.
		cookie: strings.Clone(cookie),
		user:   &kept,
		until:  begun.at.Add(m.remember),
		keys:   begun.keys,
		signed: signed,
	}
	m.writing.Lock()
	defer m.writing.Unlock()
	if m.forgets == begun.forgets {
		m.place(e).Store(e)
	}
}

// place returns the place for e in its set: that of the same cookie, a free one, or the oldest's.
func (m *memo) place(e *recognition) *atomic.Pointer[recognition] {
	set := m.set(e.cookie)
	best := &set[0]
	for i := range set {
		old, chosen := set[i].Load(), best.Load()
		switch {
		case old != nil && old.cookie == e.cookie:
			return &set[i]
		case chosen == nil: // free is as good as it gets
		case old == nil || old.until.Before(chosen.until):
			best = &set[i]
		}
	}
	return best
}

// forget drops all recognitions of the user, and those that are being made.
func (m *memo) forget(userID string) {
	m.writing.Lock()
	defer m.writing.Unlock()
	m.forgets++
	for s := range m.sets {
		for w := range m.sets[s] {
			place := &m.sets[s][w]
			if e := place.Load(); e != nil && e.user.ID == userID {
				place.Store(nil)
			}
		}
	}
}

func (m *memo) set(cookie string) *[memoWays]atomic.Pointer[recognition] {
	return &m.sets[maphash.String(m.seed, cookie)%memoSets]
}
