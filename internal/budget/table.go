package budget

import "hash/maphash"

// Most is how many users a table remembers at most. A user that makes room is one who has spent nothing for as long as half
// as many others have, and begins anew: a full table lets through rather than refuse.
const Most = 1 << 16

// A table has something about each user. It is of bounded size whatever the users are called: it has the hash of a name, under a
// seed of its own, and not the name. Two generations share the room: when the recent one is full, it becomes the older one,
// and what was older is dropped. Who is asked for is recent again.
type table[V any] struct {
	seed          maphash.Seed
	recent, older map[uint64]*V
}

func newTable[V any]() table[V] {
	return table[V]{seed: maphash.MakeSeed(), recent: make(map[uint64]*V)}
}

// find returns what there is about the user, or nil.
func (t *table[V]) find(user string) *V {
	name := maphash.String(t.seed, user)
	if v := t.recent[name]; v != nil {
		return v
	}
	return t.older[name]
}

// get returns what there is about the user, and makes it if there is nothing.
func (t *table[V]) get(user string, first func() *V) *V {
	name := maphash.String(t.seed, user)
	if v := t.recent[name]; v != nil {
		return v
	}
	v := t.older[name]
	if v == nil {
		v = first()
	}
	delete(t.older, name)
	if len(t.recent) == Most/2 {
		t.recent, t.older = make(map[uint64]*V), t.recent
	}
	t.recent[name] = v
	return v
}

func (t *table[V]) len() int { return len(t.recent) + len(t.older) }
