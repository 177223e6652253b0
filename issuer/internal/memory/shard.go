package memory

import (
	"maps"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/patrickmn/go-cache"

	"github.com/go-pme/pme/issuer/store"
)

// How much is done under the lock at once, so that no call waits long. Each mint adds one ending.
const (
	sweepAtOnce = 64 // endings
	evictAtOnce = 64 // users

	sweepClaimsEvery = time.Second
)

// A shard holds the tokens and claims of some of the users.
type shard struct {
	shelves *cache.Cache // by user ID. The shard clears them, not the cache.
	room    *room        // of the whole store

	mu          sync.Mutex // guards replacing a shelf, and the fields below
	claims      map[string]map[store.Key]claim
	endings     due
	generations generations
	last        uint64 // number of the last claim
	swept       moment // when claims were last swept
}

type claim struct {
	id    store.Claim
	until moment
}

func newShard(r *room) *shard {
	return &shard{
		shelves:     cache.New(cache.NoExpiration, 0), // 0: no goroutine
		room:        r,
		claims:      make(map[string]map[store.Key]claim),
		generations: newGenerations(),
	}
}

func (s *shard) shelf(user string) shelf {
	v, ok := s.shelves.Get(user)
	if !ok {
		return nil
	}
	return v.(shelf)
}

func (s *shard) evictedSince(key store.Key, position uint64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.generations.since(key, position)
}

func (s *shard) claim(key store.Key, position uint64, now, until moment) (store.Claim, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tidy(now)
	if s.generations.since(key, position) {
		return "", store.ErrClaimLost
	}
	s.dropClaims(key.User, func(_ store.Key, c claim) bool { return c.until <= now })
	if _, taken := s.claims[key.User][key]; taken {
		return "", store.ErrClaimed
	}
	if err := s.room.take(s.shelf(key.User).countLive(now) + len(s.claims[key.User])); err != nil {
		return "", err
	}
	return s.addClaim(key, until), nil
}

// addClaim needs s.mu.
func (s *shard) addClaim(key store.Key, until moment) store.Claim {
	s.last++
	c := claim{id: store.Claim(strconv.FormatUint(s.last, 36)), until: until}
	if s.claims[key.User] == nil {
		s.claims[key.User] = make(map[store.Key]claim)
	}
	s.claims[key.User][key] = c
	return c.id
}

// dropClaims needs s.mu.
func (s *shard) dropClaims(user string, drop func(store.Key, claim) bool) {
	mine := s.claims[user]
	for key, c := range mine {
		if drop(key, c) {
			delete(mine, key)
			s.room.add(-1)
		}
	}
	if len(mine) == 0 {
		delete(s.claims, user)
	}
}

func (s *shard) put(id store.Claim, e *store.Entry, now moment, ttl time.Duration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, ok := s.claims[e.Key.User][e.Key]
	if !ok || c.id != id || c.until <= now {
		return store.ErrClaimLost
	}
	s.dropClaims(e.Key.User, func(k store.Key, _ claim) bool { return k == e.Key })
	until := now + ttl
	kept, over := s.shelf(e.Key.User).split(func(s slot) bool { return s.live(now) })
	s.replace(e.Key.User, append(kept, slot{e, until}), 1-len(over))
	s.endings.add(ending{until, e.Key.User})
	return nil
}

func (s *shard) release(key store.Key, id store.Claim) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dropClaims(key.User, func(k store.Key, c claim) bool { return k == key && c.id == id })
}

// replace puts a new shelf in the place of a user's. It needs s.mu.
func (s *shard) replace(user string, next shelf, more int) {
	s.room.add(more)
	if len(next) == 0 {
		s.shelves.Delete(user)
		return
	}
	s.shelves.Set(user, next, cache.NoExpiration)
}

// evictUser removes what selector matches of its user's, and remembers that it did at that position.
func (s *shard) evictUser(selector store.Selector, at uint64, now moment) []*store.Entry {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.remember(selector, at, now)
	s.voidClaims(selector.User, selector)
	return s.evictFrom(selector.User, selector)
}

// evictAll is evictUser for all users, a few at a time. Claims that are taken in the meantime are younger than
// the eviction, and stay.
func (s *shard) evictAll(selector store.Selector, at uint64, now moment) (out []*store.Entry) {
	s.mu.Lock()
	s.remember(selector, at, now)
	for user := range s.claims {
		s.voidClaims(user, selector)
	}
	s.mu.Unlock()
	users := slices.Collect(maps.Keys(s.shelves.Items()))
	for some := range slices.Chunk(users, evictAtOnce) {
		out = append(out, s.evictSome(some, selector)...)
		runtime.Gosched() // let waiting calls take the lock first
	}
	return out
}

func (s *shard) evictSome(users []string, selector store.Selector) (out []*store.Entry) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, user := range users {
		out = append(out, s.evictFrom(user, selector)...)
	}
	return out
}

// remember needs s.mu. The eviction of a single token says nothing of those that are yet to be minted.
func (s *shard) remember(selector store.Selector, at uint64, now moment) {
	if selector.Token == "" {
		s.generations.add(selector, at, now)
	}
}

// voidClaims needs s.mu.
func (s *shard) voidClaims(user string, selector store.Selector) {
	s.dropClaims(user, func(k store.Key, _ claim) bool { return selector.MatchesClaim(k) })
}

// evictFrom evicts from one user's shelf. It needs s.mu.
func (s *shard) evictFrom(user string, selector store.Selector) []*store.Entry {
	kept, out := s.shelf(user).split(func(slot slot) bool { return !selector.Matches(slot.Entry) })
	if len(out) > 0 {
		s.replace(user, kept, -len(out))
	}
	return out
}

func (s *shard) live(now moment) (out []*store.Entry) {
	for _, item := range s.shelves.Items() {
		for _, slot := range item.Object.(shelf) {
			if slot.live(now) {
				out = append(out, slot.Entry)
			}
		}
	}
	return out
}

// sweep is for a full store.
func (s *shard) sweep(now moment) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tidy(now)
	if now-s.swept < sweepClaimsEvery {
		return
	}
	s.swept = now
	for user := range s.claims { // the holder of an expired claim has died
		s.dropClaims(user, func(_ store.Key, c claim) bool { return c.until <= now })
	}
}

// tidy clears away some of what is over. It needs s.mu.
func (s *shard) tidy(now moment) {
	for range sweepAtOnce {
		user, ok := s.endings.over(now)
		if !ok {
			return
		}
		kept, over := s.shelf(user).split(func(s slot) bool { return s.live(now) })
		if len(over) > 0 {
			s.replace(user, kept, -len(over))
		}
	}
}
