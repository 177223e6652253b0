package memory

import (
	"slices"

	"github.com/go-pme/pme/issuer/store"
)

// A shelf is what one user holds, oldest first. Shelves are never changed, only replaced, so that a reader
// needs no lock.
type shelf []slot

type slot struct {
	*store.Entry
	until moment
}

func (s slot) live(now moment) bool { return now < s.until }

// newest returns the entry that was put last under key, or nil.
func (held shelf) newest(key store.Key) *store.Entry {
	for _, s := range slices.Backward(held) {
		if s.Key == key {
			return s.Entry
		}
	}
	return nil
}

// split returns the slots that keep wants, and the entries of the others.
func (held shelf) split(keep func(slot) bool) (kept shelf, others []*store.Entry) {
	for _, s := range held {
		if keep(s) {
			kept = append(kept, s)
		} else {
			others = append(others, s.Entry)
		}
	}
	return kept, others
}

func (held shelf) countLive(now moment) (n int) {
	for _, s := range held {
		if s.live(now) {
			n++
		}
	}
	return n
}
