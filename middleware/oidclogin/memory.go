package oidclogin

import (
	"bytes"
	"context"
	"sync"
	"time"

	"github.com/go-pme/pme/middleware/oidclogin/store"
)

// purgeEvery is how many writes an in-process store takes before it drops what has expired.
const purgeEvery = 1024

// NewMemoryStore returns an empty store for one process, on the clock of time.Now. Its methods never fail.
//
// Its content is lost when the process ends: sessions that were ended before count again until their
// cookies expire, unless the cookie keys are changed too. It runs no goroutine; expired content is
// dropped as new content comes.
func NewMemoryStore() store.Store { return newMemory(time.Now) }

// memory implements [store.Store].
type memory struct {
	now func() time.Time

	mu     sync.RWMutex // guards what follows
	ends   map[string]expiring[time.Time]
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
func get[T any](m map[string]expiring[T], name string, now time.Time) (content T, at time.Time, ok bool) {
	found, ok := m[name]
	if !ok || !now.Before(found.at) {
		return content, at, false
	}
	return found.content, found.at, true
}

func newMemory(now func() time.Time) *memory {
	return &memory{
		now:    now,
		ends:   make(map[string]expiring[time.Time]),
		uses:   make(map[string]expiring[struct{}]),
		values: make(map[string]expiring[[]byte]),
	}
}

// End implements [store.Store].
func (m *memory) End(_ context.Context, name string, until time.Time, ttl time.Duration) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.purge()
	at := now.Add(ttl)
	if earlier, oldAt, ok := get(m.ends, name, now); ok {
		until, at = latest(until, earlier), latest(at, oldAt)
	}
	m.ends[name] = expiring[time.Time]{until, at}
	return nil
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// Ended implements [store.Store].
func (m *memory) Ended(_ context.Context, names ...string) ([]time.Time, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	var ends []time.Time
	for i, name := range names {
		if _, ok := m.ends[name]; !ok { // the usual case, which asks for no time
			continue
		}
		end, _, ok := get(m.ends, name, m.now())
		if ok && ends == nil {
			ends = make([]time.Time, len(names))
		}
		if ok {
			ends[i] = end
		}
	}
	return ends, nil
}

// Once implements [store.Store].
func (m *memory) Once(_ context.Context, name string, ttl time.Duration) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.purge()
	if _, _, used := get(m.uses, name, now); used {
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
	value, _, _ := get(m.values, name, m.now())
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
		purge(m.ends, now)
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
