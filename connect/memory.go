package connect

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/go-pme/pme/internal/keylock"
)

// Memory is the [Store] of a single process, for tests and for trying things out: when the process
// ends, people have to connect again. Nothing in it is encrypted, as it never leaves the process. It
// runs no goroutine and needs no closing.
//
// Delete and DeleteUser do not wait for an Update, which then returns [ErrNoRecord].
type Memory struct {
	updates keylock.Locks[Key]

	mu       sync.Mutex
	records  map[Key]*Record // replaced as a whole, never changed
	attempts map[string]*StoredAttempt
}

// NewMemory returns an empty store.
func NewMemory() *Memory {
	return &Memory{records: make(map[Key]*Record), attempts: make(map[string]*StoredAttempt)}
}

// Begin implements [Store].
func (m *Memory) Begin(_ context.Context, a *StoredAttempt, keep int, now time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, there := m.attempts[a.ID]; there {
		return errors.New("connect: an attempt with this ID has begun already")
	}
	var mine []*StoredAttempt
	for id, other := range m.attempts {
		switch {
		case !now.Before(other.Ends):
			delete(m.attempts, id)
		case other.User == a.User:
			mine = append(mine, other)
		}
	}
	slices.SortFunc(mine, func(a, b *StoredAttempt) int { return a.Ends.Compare(b.Ends) })
	for _, old := range mine[:min(max(0, len(mine)+1-keep), len(mine))] {
		delete(m.attempts, old.ID)
	}
	kept := *a
	kept.Ends = stored(a.Ends)
	m.attempts[a.ID] = &kept
	return nil
}

// Take implements [Store].
func (m *Memory) Take(_ context.Context, id string) (*StoredAttempt, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	a, ok := m.attempts[id]
	if !ok {
		return nil, ErrNoRecord
	}
	delete(m.attempts, id)
	return a, nil
}

// Create implements [Store].
func (m *Memory) Create(_ context.Context, r *Record, most int) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, there := m.records[r.Key]; there {
		return errors.New("connect: a connection with this ID is there already")
	}
	if len(m.of(r.User)) >= most {
		return ErrFull
	}
	m.records[r.Key] = r.stored()
	return nil
}

// Get implements [Store].
func (m *Memory) Get(_ context.Context, k Key) (*Record, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r, ok := m.records[k]
	if !ok {
		return nil, ErrNoRecord
	}
	return r.stored(), nil
}

// List implements [Store].
func (m *Memory) List(_ context.Context, user string) ([]*Record, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	mine := m.of(user)
	slices.SortFunc(mine, func(a, b *Record) int { return cmp.Compare(a.ID, b.ID) })
	for i, r := range mine {
		mine[i] = r.stored()
	}
	return mine, nil
}

// Update implements [Store].
func (m *Memory) Update(ctx context.Context, k Key, change func(context.Context, *Record) error) error {
	unlock, err := m.updates.Lock(ctx, k)
	if err != nil {
		return err
	}
	defer unlock()
	m.mu.Lock()
	old, ok := m.records[k]
	m.mu.Unlock()
	if !ok {
		return ErrNoRecord
	}
	r := old.stored()
	if err := change(ctx, r); err != nil {
		return err
	}
	if r.Key != k {
		return errors.New("connect: an Update must not change the key")
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.records[k] != old { // deleted meanwhile, perhaps to be created again
		return ErrNoRecord
	}
	m.records[k] = r.stored()
	return nil
}

// Delete implements [Store].
func (m *Memory) Delete(_ context.Context, k Key) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.records[k]; !ok {
		return ErrNoRecord
	}
	delete(m.records, k)
	return nil
}

// DeleteUser implements [Store].
func (m *Memory) DeleteUser(_ context.Context, user string) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	mine := m.of(user)
	for _, r := range mine {
		delete(m.records, r.Key)
	}
	for id, a := range m.attempts {
		if a.User == user {
			delete(m.attempts, id)
		}
	}
	return len(mine), nil
}

// of returns the connections of a person. It needs m.mu.
func (m *Memory) of(user string) (mine []*Record) {
	for k, r := range m.records {
		if k.User == user {
			mine = append(mine, r)
		}
	}
	return mine
}

// stored returns a copy of r that shares nothing with it, with times as every store returns them.
func (r *Record) stored() *Record {
	c := *r
	c.Scopes = slices.Clone(r.Scopes)
	c.Connected, c.Refreshed, c.ValidUntil = stored(r.Connected), stored(r.Refreshed), stored(r.ValidUntil)
	return &c
}

func stored(t time.Time) time.Time { return t.Round(0).UTC() }
