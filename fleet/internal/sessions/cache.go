package sessions

import (
	"sync"

	"github.com/go-pme/pme/fleet/internal/member"
	"github.com/go-pme/pme/fleet/internal/vault"
	"github.com/go-pme/pme/middleware/revocation"
)

const (
	mostCached  = 100_000 // names
	mostRecents = 100_000
)

// A cache has what was read under a lease of what has been revoked of names, nothing included. A name that is not in it
// says nothing.
type cache struct {
	mu      sync.RWMutex // guards what follows
	joined  member.Position
	ends    map[string]end
	recents map[string]uint64 // the numbers of the latest revocations of names
	floor   uint64            // the latest number that is forgotten
}

func newCache() *cache { return &cache{ends: make(map[string]end), recents: make(map[string]uint64)} }

// clears reports whether all names of the session are cached, and none revokes it.
func (c *cache) clears(k *vault.Keys, history member.History, session *revocation.Session) bool {
	c.mu.RLock()
	defer c.mu.RUnlock()
	var position member.Position
	known := false
	for _, name := range session.Names {
		e, ok := c.ends[name]
		if !ok {
			return false
		}
		if e == (end{}) {
			continue // as usual
		}
		if !known {
			position, known = verified(k, session.Position), true
		}
		if e.revokes(history, position, session.IssuedAt) {
			return false
		}
	}
	return true
}

// fill caches what was read at a position, unless something of it was revoked since.
func (c *cache) fill(names []string, ends []end, at, applied member.Position) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if at.Epoch == "" || at.Epoch != applied.Epoch || at.Epoch != c.joined.Epoch ||
		at.Number > applied.Number || at.Number < c.joined.Number || at.Number < c.floor {
		return
	}
	for i, name := range names {
		if c.recents[name] <= at.Number {
			c.makeRoom()
			c.ends[name] = ends[i]
		}
	}
}

// makeRoom drops some if there are too many. It needs mu.
func (c *cache) makeRoom() {
	if len(c.ends) < mostCached {
		return
	}
	for name := range c.ends {
		if len(c.ends) < mostCached*9/10 {
			return
		}
		delete(c.ends, name)
	}
}

// Apply implements [member.Cache].
func (c *cache) Apply(r *member.Record, number uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case r.Forget:
		clear(c.ends)
		c.floor = number
	case r.Session != "":
		if len(c.recents) >= mostRecents {
			clear(c.recents)
			c.floor = number - 1
		}
		c.recents[r.Session] = number
		delete(c.ends, r.Session)
	}
}

// Reset implements [member.Cache].
func (c *cache) Reset(joined member.Position) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.joined, c.floor = joined, 0
	clear(c.ends)
	clear(c.recents)
}
