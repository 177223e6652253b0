package compiled

import (
	"hash/maphash"
	"sync/atomic"

	"github.com/go-pme/pme/identity"
)

// A persons has room for sets × ways people: as many as a gate remembers.
const (
	sets = 2048 // a power of two
	ways = 4

	mostGroups = 1000 // of a person who is remembered
)

// persons remembers what the rules give to the people who asked last. It is of fixed size: the hash of a user ID names a set,
// and the person is in one of the set's places or nowhere. Readers take no lock. All facts about a person are compared, so
// a change of any of them is noticed.
type persons struct {
	sets [sets][ways]atomic.Pointer[person]
	next atomic.Uint32 // which place to use next
}

var seed = maphash.MakeSeed()

func (s *persons) set(id string) *[ways]atomic.Pointer[person] {
	return &s.sets[maphash.String(seed, id)%sets]
}

// find returns the person with all facts about u, or nil.
func (s *persons) find(u *identity.User) *person {
	set := s.set(u.ID)
	for i := range set {
		if p := set[i].Load(); p != nil && p.is(u) {
			return p
		}
	}
	return nil
}

// store remembers p, in a free place or in place of another person.
func (s *persons) store(p *person) {
	if len(p.groups) > mostGroups {
		return
	}
	set := s.set(p.id)
	for i := range set {
		if set[i].CompareAndSwap(nil, p) {
			return
		}
	}
	set[s.next.Add(1)%ways].Store(p)
}
