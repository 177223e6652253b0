// Package memory is the store of live tokens for a single process.
//
// Users are spread over shards, and each shard has its own lock. So no call waits long for another: a revocation
// does not wait for the cleanup of a full store, and a mint does not wait for the revocation of a popular model.
package memory

import (
	"context"
	"hash/maphash"
	"iter"
	"sync/atomic"
	"time"

	"github.com/go-pme/pme/issuer/store"
)

const shards = 64

// Config bounds a [Store].
type Config struct {
	MaxEntries int // entries and claims of all users
	MaxPerUser int // entries and claims of one user
}

// A Store implements [store.Store].
type Store struct {
	clock  func() time.Time
	began  time.Time
	marks  *marks
	room   *room
	seed   maphash.Seed
	shards [shards]*shard
	swept  atomic.Uint32 // the shard that was swept last
}

// A moment is the time since the store was made. It is measured by the monotonic clock: setting the wall
// clock neither ends a token here, which a revocation would then not find, nor keeps one.
type moment = time.Duration

var _ store.Store = (*Store)(nil)

// New returns an empty store. It runs no goroutine and needs no closing.
func New(cfg Config) *Store {
	m := &Store{clock: time.Now, marks: newMarks(), room: &room{cfg: cfg}, seed: maphash.MakeSeed()}
	m.began = m.clock()
	for i := range m.shards {
		m.shards[i] = newShard(m.room)
	}
	return m
}

// Mark implements [store.Store].
func (m *Store) Mark() store.Mark { return m.marks.present() }

// Get implements [store.Store]. It takes no lock of its own unless there was an eviction since mark.
func (m *Store) Get(_ context.Context, key store.Key, mark store.Mark) (*store.Entry, error) {
	s := m.shard(key.User)
	e := s.shelf(key.User).newest(key)
	// Only now: if e was put after an eviction, the mark shows it.
	if mark != m.marks.present() && s.evictedSince(key, m.marks.position(mark)) {
		return nil, store.ErrClaimLost
	}
	return e, nil
}

// Claim implements [store.Store].
func (m *Store) Claim(_ context.Context, key store.Key, mark store.Mark, ttl time.Duration) (store.Claim, error) {
	now := m.now()
	if m.room.isFull() {
		m.sweep(now)
	}
	return m.shard(key.User).claim(key, m.marks.position(mark), now, now+ttl)
}

// Put implements [store.Store].
func (m *Store) Put(_ context.Context, c store.Claim, e *store.Entry, ttl time.Duration) error {
	return m.shard(e.Key.User).put(c, e, m.now(), ttl)
}

// Release implements [store.Store].
func (m *Store) Release(_ context.Context, key store.Key, c store.Claim) error {
	m.shard(key.User).release(key, c)
	return nil
}

// Evict implements [store.Store].
func (m *Store) Evict(_ context.Context, s store.Selector) ([]*store.Entry, error) {
	if !s.Valid() {
		return nil, nil
	}
	at := m.marks.advance()
	if s.User != "" {
		return m.shard(s.User).evictUser(s, at, m.now()), nil
	}
	var out []*store.Entry
	for _, shard := range m.shards {
		out = append(out, shard.evictAll(s, at, m.now())...)
	}
	return out, nil
}

// Entries implements [store.Store].
func (m *Store) Entries(context.Context) iter.Seq2[*store.Entry, error] {
	return func(yield func(*store.Entry, error) bool) {
		for _, shard := range m.shards {
			for _, e := range shard.live(m.now()) {
				if !yield(e, nil) {
					return
				}
			}
		}
	}
}

func (m *Store) shard(user string) *shard {
	return m.shards[maphash.String(m.seed, user)%shards]
}

func (m *Store) now() moment { return m.clock().Sub(m.began) }

// sweep clears what is over from one shard after the other until there is room.
func (m *Store) sweep(now moment) {
	for range m.shards {
		m.shards[m.swept.Add(1)%shards].sweep(now)
		if !m.room.isFull() {
			return
		}
	}
}
