package tokens

import (
	"hash/maphash"
	"sync"
	"time"

	"github.com/go-pme/pme/fleet/internal/member"
	"github.com/go-pme/pme/issuer/store"
)

const (
	shards      = 64
	mostCached  = 100_000 / shards // entries of one shard
	mostRecents = 100_000          // revocations that are remembered
)

// A cache has tokens that were read under a lease, and which revocations came lately. Readers ask first whether the lease
// still runs.
type cache struct {
	seed   maphash.Seed
	shards [shards]shard

	mu      sync.RWMutex // guards what follows; taken before a shard's
	joined  member.Position
	recents map[store.Selector]uint64 // the numbers of revocations in the joined epoch
	graves  graves                    // of single tokens that were revoked
	floor   uint64                    // the latest number that is forgotten
}

func newCache() *cache {
	c := &cache{
		seed: maphash.MakeSeed(), recents: make(map[store.Selector]uint64), graves: make(graves),
	}
	for i := range c.shards {
		c.shards[i].clear()
	}
	return c
}

func (c *cache) shard(user string) *shard { return &c.shards[maphash.String(c.seed, user)%shards] }

// find returns the cached entry of a key, if it has not expired.
func (c *cache) find(key store.Key, now time.Time) (*store.Entry, bool) {
	found, ok := c.shard(key.User).find(key)
	if !ok || !now.Before(found.ends) {
		return nil, false
	}
	return found.Entry, true
}

// forgetKey drops the entry of a key.
func (c *cache) forgetKey(key store.Key) {
	s := c.shard(key.User)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.remove(key)
}

// revokedSince reports whether the key was revoked since the mark, or whether that cannot be told here.
func (c *cache) revokedSince(key store.Key, mark, now member.Position) bool {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if mark.Epoch != now.Epoch || mark.Epoch != c.joined.Epoch || mark.Number < c.floor || mark.Number < c.joined.Number {
		return true
	}
	return c.later(key, mark.Number)
}

// later needs mu.
func (c *cache) later(key store.Key, number uint64) bool {
	for _, s := range selectors(key) {
		if c.recents[s] > number {
			return true
		}
	}
	return false
}

// fill caches an entry that was read at a position, unless it was revoked since. It does not cache what was read at a
// position that this process has not applied yet: a request with an older mark could not be told that it is too old.
func (c *cache) fill(e *store.Entry, ends time.Time, at, applied member.Position) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	switch {
	case at.Epoch == "", at.Epoch != applied.Epoch, at.Epoch != c.joined.Epoch:
	case at.Number > applied.Number, at.Number < c.joined.Number, at.Number < c.floor:
	case c.later(e.Key, at.Number), c.graves.have(e, at, nil):
	default:
		c.shard(e.Key.User).put(cached{e, ends})
	}
}

// selected returns the cached entries that the selector selects.
func (c *cache) selected(sel store.Selector) (found []*store.Entry) {
	for i := range c.shards {
		s := &c.shards[i]
		s.mu.RLock()
		found = append(found, s.selected(sel)...)
		s.mu.RUnlock()
	}
	return found
}

// Apply implements [member.Cache].
func (c *cache) Apply(r *member.Record, number uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case r.Forget:
		c.forget(number)
	case r.Tokens == nil:
	case r.Tokens.User != "":
		c.remember(r, number)
		c.shard(r.Tokens.User).drop(*r.Tokens)
	default:
		c.remember(r, number)
		for i := range c.shards {
			c.shards[i].drop(*r.Tokens)
		}
	}
}

// remember needs mu.
func (c *cache) remember(r *member.Record, number uint64) {
	if r.Tokens.Token != "" {
		c.graves.add(r, member.Position{Epoch: c.joined.Epoch, Number: number})
		return
	}
	if len(c.recents) >= mostRecents {
		c.floor = number - 1
		clear(c.recents)
	}
	c.recents[*r.Tokens] = number
}

// isDead reports whether an entry that was claimed at a position was revoked since by the name of its token.
func (c *cache) isDead(e *store.Entry, claimed member.Position, history member.History) bool {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.graves.have(e, claimed, history)
}

// Reset implements [member.Cache].
func (c *cache) Reset(joined member.Position) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.joined = joined
	clear(c.recents)
	c.forget(0)
}

// forget needs mu.
func (c *cache) forget(floor uint64) {
	c.floor = floor
	for i := range c.shards {
		c.shards[i].mu.Lock()
		c.shards[i].clear()
		c.shards[i].mu.Unlock()
	}
}
