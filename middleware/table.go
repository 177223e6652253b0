package middleware

import (
	"hash/maphash"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-pme/pme/identity"
)

// A table has room for memoSets × memoWays entries, none with a text longer than maxRemembered bytes.
const (
	memoSets      = 2048 // a power of two
	memoWays      = 4
	maxRemembered = 4096
)

// table remembers which person the exact bytes of a credential stood for, be it a cookie or a token,
// and with each of them what else must hold for it to count: its proof.
//
// It is of fixed size: the hash of a text names a set, and the text is in one of the set's places or
// not at all. Readers take no lock. A new text displaces the oldest of its set, so nothing has to be
// cleared away by a goroutine.
type table[Proof any] struct {
	seed maphash.Seed
	sets [memoSets][memoWays]atomic.Pointer[entry[Proof]]

	writing sync.Mutex // held by all that write to sets, and for what follows
	forgets uint64     // how often forget has run
}

// entry is never changed.
type entry[Proof any] struct {
	hash  uint64
	text  string
	user  *identity.User
	until time.Time
	proof Proof
}

func newTable[Proof any]() *table[Proof] { return &table[Proof]{seed: maphash.MakeSeed()} }

// find returns the entry of the text, or nil. Whether it still holds is for the caller to say.
func (t *table[Proof]) find(text string) *entry[Proof] {
	hash := maphash.String(t.seed, text)
	set := t.set(hash)
	for i := range set {
		// The hashes first: nobody can tell from the time it takes how much of a guessed text was right.
		if e := set[i].Load(); e != nil && e.hash == hash && e.text == text {
			return e
		}
	}
	return nil
}

// begin returns what keep has to know of the time before a person was recognised.
func (t *table[Proof]) begin() (forgets uint64) {
	t.writing.Lock()
	defer t.writing.Unlock()
	return t.forgets
}

// keep remembers that the text stands for u, unless it is too long or somebody was forgotten since
// begin: it might have been u.
func (t *table[Proof]) keep(forgets uint64, text string, u *identity.User, until time.Time, proof Proof) {
	if len(text) > maxRemembered {
		return
	}
	kept := *u
	kept.Groups = slices.Clone(u.Groups) // the host may go on using its slice
	e := &entry[Proof]{
		hash: maphash.String(t.seed, text),
		// A copy: the text is a part of the whole header, which would be held on to with it.
		text:  strings.Clone(text),
		user:  &kept,
		until: until,
		proof: proof,
	}
	t.writing.Lock()
	defer t.writing.Unlock()
	if t.forgets == forgets {
		t.place(e).Store(e)
	}
}

// place returns the place for e in its set: that of the same text, a free one, or the oldest's.
func (t *table[Proof]) place(e *entry[Proof]) *atomic.Pointer[entry[Proof]] {
	set := t.set(e.hash)
	best := &set[0]
	for i := range set {
		old, chosen := set[i].Load(), best.Load()
		switch {
		case old != nil && old.text == e.text:
			return &set[i]
		case chosen == nil: // free is as good as it gets
		case old == nil || old.until.Before(chosen.until):
			best = &set[i]
		}
	}
	return best
}

// forget drops all entries of the user, and those that are being made.
func (t *table[Proof]) forget(userID string) {
	t.writing.Lock()
	defer t.writing.Unlock()
	t.forgets++
	for s := range t.sets {
		for w := range t.sets[s] {
			place := &t.sets[s][w]
			if e := place.Load(); e != nil && e.user.ID == userID {
				place.Store(nil)
			}
		}
	}
}

func (t *table[Proof]) set(hash uint64) *[memoWays]atomic.Pointer[entry[Proof]] {
	return &t.sets[hash%memoSets]
}
