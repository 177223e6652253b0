// Package memory keeps the state of a login in this process.
package memory

import (
	"bytes"
	"context"
	"sync"
	"time"

	"github.com/go-pme/pme/middleware/internal/revoked"
)

// purgeEvery is how many writes a Store takes before it drops what has expired.
const purgeEvery = 1024

// A Store implements the store of a login. Its methods never fail.
type Store struct {
	*revoked.Memory
	now func() time.Time

	mu     sync.RWMutex // guards what follows
	uses   map[string]time.Time
	values values
	writes int
}

// New returns an empty Store on that clock.
func New(now func() time.Time) *Store {
	return &Store{Memory: revoked.New(now), now: now, uses: make(map[string]time.Time), values: newValues()}
}

// Once implements the store of a login.
func (s *Store) Once(_ context.Context, name string, ttl time.Duration) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.purge()
	if until, used := s.uses[name]; used && now.Before(until) {
		return false, nil
	}
	s.uses[name] = now.Add(ttl)
	return true, nil
}

// Save implements the store of a login.
func (s *Store) Save(_ context.Context, name string, value []byte, ttl time.Duration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.values.put(name, bytes.Clone(value), s.purge().Add(ttl))
	return nil
}

// Load implements the store of a login.
func (s *Store) Load(_ context.Context, name string) ([]byte, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return bytes.Clone(s.values.get(name, s.now())), nil
}

// Delete implements the store of a login.
func (s *Store) Delete(_ context.Context, name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.values.drop(name)
	return nil
}

// purge returns the time, and drops expired content now and then. It needs mu.
func (s *Store) purge() time.Time {
	now := s.now()
	if s.writes++; s.writes%purgeEvery == 0 {
		s.values.purge(now)
		for name, until := range s.uses {
			if !now.Before(until) {
				delete(s.uses, name)
			}
		}
	}
	return now
}
