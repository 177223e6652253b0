// Package memo remembers, for a while, which user a credential stood for.
package memo

import (
	"hash/maphash"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-pme/pme/identity"
)

// A Table has room for sets × ways entries, none with a text longer than maxText bytes.
const (
	sets    = 2048 // a power of two
	ways    = 4
	maxText = 4096
)

// A Table remembers which user the exact bytes of a credential stood for, be it a cookie or a token, and
// with each of them what else must hold for it to count: its proof. It is safe for concurrent use.
//
// It is of fixed size: the hash of a text names a set, and the text is in one of the set's places or
// nowhere. Readers take no lock. A new text displaces the one in its set that ends first, so no goroutine
// has to clear anything away.
type Table[Proof any] struct {
	seed maphash.Seed
	sets [sets][ways]atomic.Pointer[Entry[Proof]]

	writing    sync.Mutex // guards writes to sets, and what follows
	generation Generation
}

// A Generation counts the calls of Invalidate.
type Generation uint64

// An Entry is what a credential stood for. It is never changed.
type Entry[Proof any] struct {
	User  *identity.User
	Until time.Time
	Proof Proof

	hash uint64
	text string
}

// New returns an empty table.
func New[Proof any]() *Table[Proof] { return &Table[Proof]{seed: maphash.MakeSeed()} }

// Find returns the entry of the text, or nil. The caller decides whether it still holds.
func (t *Table[Proof]) Find(text string) *Entry[Proof] {
	hash := maphash.String(t.seed, text)
	set := t.set(hash)
	for i := range set {
		// The hashes first: the time it takes must not tell how much of a guessed text was right.
		if e := set[i].Load(); e != nil && e.hash == hash && e.text == text {
			return e
		}
	}
	return nil
}

// Begin returns what Keep has to know of the time before a user was recognized.
func (t *Table[Proof]) Begin() Generation {
	t.writing.Lock()
	defer t.writing.Unlock()
	return t.generation
}

// Keep remembers that the text stands for u, unless it is too long or any user was invalidated since
// Begin: it might have been u.
func (t *Table[Proof]) Keep(begun Generation, text string, u *identity.User, until time.Time, proof Proof) {
	if len(text) > maxText {
		return
	}
	kept := *u
	kept.Groups = slices.Clone(u.Groups) // the host may go on using its slice
	e := &Entry[Proof]{
		hash: maphash.String(t.seed, text),
		// A copy: the text is a part of the whole header, which would stay in memory with it.
		text:  strings.Clone(text),
		User:  &kept,
		Until: until,
		Proof: proof,
	}
	t.writing.Lock()
	defer t.writing.Unlock()
	if t.generation == begun {
		t.place(e).Store(e)
	}
}

// place returns the place for e in its set: that of the same text, a free one, or that of the entry
// which ends first.
func (t *Table[Proof]) place(e *Entry[Proof]) *atomic.Pointer[Entry[Proof]] {
	set := t.set(e.hash)
	best := &set[0]
	for i := range set {
		old, chosen := set[i].Load(), best.Load()
		switch {
		case old != nil && old.text == e.text:
			return &set[i]
		case chosen == nil: // a free place is the best
		case old == nil || old.Until.Before(chosen.Until):
			best = &set[i]
		}
	}
	return best
}

// Invalidate drops all entries of the user, and those that are being made. The empty ID stands for all users.
func (t *Table[Proof]) Invalidate(userID string) {
	if userID == "" {
		t.Clear()
		return
	}
	t.writing.Lock()
	defer t.writing.Unlock()
	t.generation++
	for s := range t.sets {
		for w := range t.sets[s] {
			place := &t.sets[s][w]
			if e := place.Load(); e != nil && e.User.ID == userID {
				place.Store(nil)
			}
		}
	}
}

// Clear drops all entries. Users that are being recognized while it runs are not stored.
func (t *Table[Proof]) Clear() {
	t.writing.Lock()
	defer t.writing.Unlock()
	t.generation++
	for s := range t.sets {
		for w := range t.sets[s] {
			t.sets[s][w].Store(nil)
		}
	}
}

func (t *Table[Proof]) set(hash uint64) *[ways]atomic.Pointer[Entry[Proof]] {
	return &t.sets[hash%sets]
}
