package tokens

import (
	"hash/maphash"
	"sync"
	"time"

	"github.com/go-pme/pme/fleet/internal/member"
	"github.com/go-pme/pme/issuer/store"
	"github.com/go-pme/pme/matterport"
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
	recents map[store.Selector]uint64    // the numbers of revocations in the joined epoch
	tokens  map[matterport.Secret]uint64 // those of single tokens
	floor   uint64                       // the latest number that is forgotten
}

type shard struct {
	mu      sync.RWMutex // guards what follows
	entries map[store.Key]cached
	users   index
	models  index
}

// An index has the keys of each user, or of each model.
type index map[string]map[store.Key]struct{}

func (i index) add(name string, key store.Key) {
	if i[name] == nil {
		i[name] = make(map[store.Key]struct{})
	}
	i[name][key] = struct{}{}
}

func (i index) remove(name string, key store.Key) {
	delete(i[name], key)
	if len(i[name]) == 0 {
		delete(i, name)
	}
}

type cached struct {
	*store.Entry
	ends time.Time
}

func newCache() *cache {
	c := &cache{
		seed: maphash.MakeSeed(), recents: make(map[store.Selector]uint64), tokens: make(map[matterport.Secret]uint64),
	}
	for i := range c.shards {
		c.shards[i].clear()
	}
	return c
}

func (c *cache) shard(user string) *shard { return &c.shards[maphash.String(c.seed, user)%shards] }

// find returns the cached entry of a key.
func (c *cache) find(key store.Key) (*store.Entry, bool) {
	s := c.shard(key.User)
	s.mu.RLock()
	found, ok := s.entries[key]
	s.mu.RUnlock()
	if !ok || !time.Now().Before(found.ends) {
		return nil, false
	}
	return found.Entry, true
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
	case c.later(e.Key, at.Number), c.tokens[e.Token] > at.Number:
	default:
		c.shard(e.Key.User).put(cached{e, ends})
	}
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
		c.remember(*r.Tokens, number)
		c.shard(r.Tokens.User).drop(*r.Tokens)
	default:
		c.remember(*r.Tokens, number)
		for i := range c.shards {
			c.shards[i].drop(*r.Tokens)
		}
	}
}

// remember needs mu. A revoked token makes no mark too old, but what was read before may have it.
func (c *cache) remember(s store.Selector, number uint64) {
	if len(c.recents)+len(c.tokens) >= mostRecents {
		c.floor = number - 1
		clear(c.recents)
		clear(c.tokens)
	}
	if s.Token != "" {
		c.tokens[s.Token] = number
		return
	}
	c.recents[s] = number
}

// Reset implements [member.Cache].
func (c *cache) Reset(joined member.Position) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.joined = joined
	clear(c.recents)
	clear(c.tokens)
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

func (s *shard) clear() {
	s.entries = make(map[store.Key]cached)
	s.users, s.models = make(index), make(index)
}

func (s *shard) put(e cached) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.entries) >= mostCached {
		s.makeRoom()
	}
	s.entries[e.Key] = e
	s.users.add(e.Key.User, e.Key)
	for _, model := range e.Key.List() {
		s.models.add(model, e.Key)
	}
}

// makeRoom drops what is over, and if that is too little, some of the rest. It needs mu.
func (s *shard) makeRoom() {
	now := time.Now()
	for key, e := range s.entries {
		if !now.Before(e.ends) {
			s.remove(key)
		}
	}
	for key := range s.entries {
		if len(s.entries) < mostCached*9/10 {
			return
		}
		s.remove(key)
	}
}

// drop drops what the selector selects.
func (s *shard) drop(sel store.Selector) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case sel.User != "":
		for key := range s.users[sel.User] {
			s.dropOne(sel, key)
		}
	case sel.Model != "":
		for key := range s.models[sel.Model] {
			s.dropOne(sel, key)
		}
	default:
		for key := range s.entries {
			s.dropOne(sel, key)
		}
	}
}

// dropOne needs mu.
func (s *shard) dropOne(sel store.Selector, key store.Key) {
	if sel.Matches(s.entries[key].Entry) {
		s.remove(key)
	}
}

// remove needs mu.
func (s *shard) remove(key store.Key) {
	delete(s.entries, key)
	s.users.remove(key.User, key)
	for _, model := range key.List() {
		s.models.remove(model, key)
	}
}
