package middleware

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/patrickmn/go-cache"
)

// OIDCStore is the little that an [OIDC] keeps on the server: which sessions have been ended, which
// logout tokens and logins have been used, and, where the host wants that, the provider's tokens. It maps
// onto MGET, SET EX, SET NX EX and DEL of Redis.
//
// Its methods are safe for concurrent use, and what one has written the others see, in every replica
// that shares the store. Keys are texts of at most some 400 bytes; values are opaque. An error means
// doubt: the request gets 503, and nobody is let through.
//
// Get is called for every request of a signed-in person, so a store across the network had better keep
// a copy nearby that is told of changes.
type OIDCStore interface {
	// Get returns the values of the keys, in their order, with nil for those that are not there or
	// have expired. It may return nil if none is there.
	Get(ctx context.Context, keys ...string) ([][]byte, error)

	// Set keeps value under key for ttl, in place of what is there.
	Set(ctx context.Context, key string, value []byte, ttl time.Duration) error

	// Add does what Set does, in one step, if there is nothing under key, and reports whether it did.
	Add(ctx context.Context, key string, value []byte, ttl time.Duration) (bool, error)

	// Delete removes what is under key. That nothing is there is no error.
	Delete(ctx context.Context, key string) error
}

// purgeEvery is how many writes a MemoryStore takes before it looks for what has expired.
const purgeEvery = 1024

// MemoryStore is an [OIDCStore] for one process. What it knows is lost when the process ends: sessions
// that were ended before then count again until their cookies expire, unless the keys are changed too.
//
// It runs no goroutine; what has expired goes away as new things come.
type MemoryStore struct {
	items  *cache.Cache
	writes atomic.Int64
}

// NewMemoryStore returns an empty store.
func NewMemoryStore() *MemoryStore {
	return &MemoryStore{items: cache.New(cache.NoExpiration, 0)}
}

// Get implements [OIDCStore]. It never fails.
func (m *MemoryStore) Get(_ context.Context, keys ...string) ([][]byte, error) {
	var values [][]byte
	for i, key := range keys {
		item, ok := m.items.Get(key)
		if !ok {
			continue
		}
		if values == nil {
			values = make([][]byte, len(keys))
		}
		values[i], _ = item.([]byte)
	}
	return values, nil
}

// Set implements [OIDCStore]. It never fails.
func (m *MemoryStore) Set(_ context.Context, key string, value []byte, ttl time.Duration) error {
	m.purge()
	m.items.Set(key, value, ttl)
	return nil
}

// Add implements [OIDCStore]. It never fails.
func (m *MemoryStore) Add(_ context.Context, key string, value []byte, ttl time.Duration) (bool, error) {
	m.purge()
	return m.items.Add(key, value, ttl) == nil, nil
}

// Delete implements [OIDCStore]. It never fails.
func (m *MemoryStore) Delete(_ context.Context, key string) error {
	m.items.Delete(key)
	return nil
}

func (m *MemoryStore) purge() {
	if m.writes.Add(1)%purgeEvery == 0 {
		m.items.DeleteExpired()
	}
}
