package issuer

import (
	"context"
	"iter"
	"strconv"
	"sync"
	"time"

	"github.com/patrickmn/go-cache"

	"github.com/go-pme/pme/issuer/store"
)

// MemoryConfig bounds the store of [NewMemory]. The zero value is ready for use.
type MemoryConfig struct {
	// MaxEntries bounds the stored tokens of all users. Default: 100,000.
	MaxEntries int

	// MaxPerUser bounds the stored tokens of one user. A token that is renewed counts twice for as
	// long as the old one lives. Default: 100.
	MaxPerUser int
}

func (c MemoryConfig) withDefaults() MemoryConfig {
	if c.MaxEntries <= 0 {
		c.MaxEntries = 100_000
	}
	if c.MaxPerUser <= 0 {
		c.MaxPerUser = 100
	}
	return c
}

// memory tells the time by the process's own clock, as it only ever measures from one of its calls to
// another.
type memory struct {
	cfg MemoryConfig
	now func() time.Time

	// users holds a shelf for each user ID. Shelves are never changed, only replaced, so that a
	// reader needs no lock but the cache's own. What is on them ends at different times, so they are
	// cleared by sweep, not by the cache, which would look at the clock for every reader.
	users *cache.Cache

	mu     sync.Mutex // held by whoever replaces a shelf or touches what is below
	claims map[store.Key]claimed
	last   int64     // number of the last claim
	count  int       // slots on all shelves, also those whose time is over
	swept  time.Time // when those were last cleared away
}

// A shelf is what one user holds, oldest first.
type shelf []slot

type slot struct {
	*store.Entry
	until int64 // Unix nanoseconds
}

func (s slot) live(now time.Time) bool { return s.until > now.UnixNano() }

func (held shelf) live(now time.Time) (n int) {
	for _, s := range held {
		if s.live(now) {
			n++
		}
	}
	return n
}

type claimed struct {
	claim store.Claim
	until time.Time
}

const sweepEvery = time.Minute

// NewMemory returns an empty store for a single process: the default of [Config]. It runs no goroutine
// and needs no closing. Issuers that share it mint each token once between them.
func NewMemory(cfg MemoryConfig) store.Store {
	return &memory{
		cfg:    cfg.withDefaults(),
		now:    time.Now,
		users:  cache.New(cache.NoExpiration, 0), // 0: no janitor goroutine
		claims: make(map[store.Key]claimed),
	}
}

// Get implements [store.Store].
func (m *memory) Get(_ context.Context, key store.Key) (*store.Entry, error) {
	held := m.shelf(key.User)
	for i := len(held) - 1; i >= 0; i-- {
		if e := held[i].Entry; e.Key == key {
			return e, nil
		}
	}
	return nil, nil
}

func (m *memory) shelf(user string) shelf {
	v, ok := m.users.Get(user)
	if !ok {
		return nil
	}
	return v.(shelf)
}

// Claim implements [store.Store].
func (m *memory) Claim(_ context.Context, key store.Key, ttl time.Duration) (store.Claim, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.now()
	m.sweep(now)

	mine := m.shelf(key.User).live(now)
	for k, c := range m.claims {
		switch {
		case !now.Before(c.until):
			delete(m.claims, k)
		case k == key:
			return "", store.ErrClaimed
		case k.User == key.User:
			mine++
		}
	}
	switch {
	case mine >= m.cfg.MaxPerUser:
		return "", store.ErrUserFull
	case m.count+len(m.claims) >= m.cfg.MaxEntries:
		return "", store.ErrFull
	}
	m.last++
	c := store.Claim(strconv.FormatInt(m.last, 36))
	m.claims[key] = claimed{claim: c, until: now.Add(ttl)}
	return c, nil
}

// Put implements [store.Store].
func (m *memory) Put(_ context.Context, c store.Claim, e *store.Entry, ttl time.Duration) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.now()
	held, ok := m.claims[e.Key]
	if !ok || held.claim != c || !now.Before(held.until) {
		return store.ErrClaimLost
	}
	delete(m.claims, e.Key)
	m.replace(e.Key.User, func(s slot) bool { return s.live(now) }, slot{Entry: e, until: now.Add(ttl).UnixNano()})
	return nil
}

// Release implements [store.Store].
func (m *memory) Release(_ context.Context, key store.Key, c store.Claim) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.claims[key].claim == c {
		delete(m.claims, key)
	}
	return nil
}

// Evict implements [store.Store].
func (m *memory) Evict(_ context.Context, s store.Selector) ([]*store.Entry, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for k := range m.claims {
		if s.MatchesClaim(k) {
			delete(m.claims, k)
		}
	}
	var out []*store.Entry
	for user, held := range m.shelves(s.User) {
		before := len(out)
		for _, slot := range held {
			if s.Matches(slot.Entry) {
				out = append(out, slot.Entry)
			}
		}
		if len(out) > before {
			m.replace(user, func(slot slot) bool { return !s.Matches(slot.Entry) })
		}
	}
	return out, nil
}

// Entries implements [store.Store].
func (m *memory) Entries(context.Context) iter.Seq2[*store.Entry, error] {
	return func(yield func(*store.Entry, error) bool) {
		now := m.now()
		for _, held := range m.shelves("") {
			for _, s := range held {
				if s.live(now) && !yield(s.Entry, nil) {
					return
				}
			}
		}
	}
}

// shelves returns the shelf of one user, or all of them for the empty ID, which no user has.
func (m *memory) shelves(user string) map[string]shelf {
	out := make(map[string]shelf)
	if user != "" {
		out[user] = m.shelf(user)
		return out
	}
	for id, item := range m.users.Items() {
		out[id] = item.Object.(shelf)
	}
	return out
}

// replace puts a new shelf in the place of a user's: of the old slots those to keep, then more. It needs
// m.mu.
func (m *memory) replace(user string, keep func(slot) bool, more ...slot) {
	old := m.shelf(user)
	next := make(shelf, 0, len(old)+len(more))
	for _, s := range old {
		if keep(s) {
			next = append(next, s)
		}
	}
	next = append(next, more...)
	m.count += len(next) - len(old)
	if len(next) == 0 {
		m.users.Delete(user)
		return
	}
	m.users.Set(user, next, cache.NoExpiration)
}

// sweep clears away, now and then, what is over on all shelves. It needs m.mu.
func (m *memory) sweep(now time.Time) {
	if now.Sub(m.swept) < sweepEvery && m.count+len(m.claims) < m.cfg.MaxEntries {
		return
	}
	m.swept = now
	for user, held := range m.shelves("") {
		if held.live(now) < len(held) {
			m.replace(user, func(s slot) bool { return s.live(now) })
		}
	}
}
