package oidclogin

import (
	"bytes"
	"context"
	"sync"
	"time"

	"github.com/go-pme/pme/middleware/internal/revoked"
	"github.com/go-pme/pme/middleware/oidclogin/store"
)

// purgeEvery is how many writes an in-process store takes before it drops what has expired.
const purgeEvery = 1024

// NewMemoryStore returns an empty store for one process, on the clock of time.Now. Its methods never fail.
//
// Its content is lost when the process ends: sessions that were revoked before count again until their
// cookies expire, unless the cookie keys are changed too. It runs no goroutine; expired content is
// dropped as new content comes.
func NewMemoryStore() store.Store { return newMemory(time.Now) }

// memory implements [store.Store].
type memory struct {
	*revoked.Memory
	now func() time.Time

	mu     sync.RWMutex // guards what follows
	uses   map[string]expiring[struct{}]
	values map[string]expiring[[]byte]
	writes int
}

// expiring is content of the store, and when it stops counting.
type expiring[T any] struct {
	content T
	at      time.Time
}

// get returns the content under name, unless it has expired.
func get[T any](m map[string]expiring[T], name string, now time.Time) (content T, ok bool) {
	found, ok := m[name]
	if !ok || !now.Before(found.at) {
		return content, false
	}
	return found.content, true
}

func newMemory(now func() time.Time) *memory {
	return &memory{
		Memory: revoked.New(now),
		now:    now,
		uses:   make(map[string]expiring[struct{}]),
		values: make(map[string]expiring[[]byte]),
	}
}

// Once implements [store.Store].
func (m *memory) Once(_ context.Context, name string, ttl time.Duration) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.purge()
	if _, used := get(m.uses, name, now); used {
		return false, nil
	}
	m.uses[name] = expiring[struct{}]{at: now.Add(ttl)}
	return true, nil
}

// Save implements [store.Store].
func (m *memory) Save(_ context.Context, name string, value []byte, ttl time.Duration) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.values[name] = expiring[[]byte]{bytes.Clone(value), m.purge().Add(ttl)}
	return nil
}

// Load implements [store.Store].
func (m *memory) Load(_ context.Context, name string) ([]byte, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	value, _ := get(m.values, name, m.now())
	return bytes.Clone(value), nil
}

// Delete implements [store.Store].
func (m *memory) Delete(_ context.Context, name string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.values, name)
	return nil
}

// purge returns the time, and drops expired content now and then. It needs mu.
func (m *memory) purge() time.Time {
	now := m.now()
	if m.writes++; m.writes%purgeEvery == 0 {
		purge(m.uses, now)
		purge(m.values, now)
	}
	return now
}

func purge[T any](m map[string]expiring[T], now time.Time) {
	for name, e := range m {
		if !now.Before(e.at) {
			delete(m, name)
		}
	}
}
