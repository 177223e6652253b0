package connect

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/go-pme/pme/connect/store"
)

// NewMemory returns an empty store for a single process, for tests and trials: when the process ends, users have to
// connect again. It encrypts nothing, as the data stay in the process. It runs no goroutine and needs no closing.
//
// Its Delete and DeleteUser do not wait for an Update, which then returns [store.ErrNoRecord].
func NewMemory() store.Store {
	return &memory{records: make(map[store.Key]*entry), pending: make(map[string]*store.PendingAuthorization)}
}

type memory struct {
	mu      sync.Mutex
	records map[store.Key]*entry
	pending map[string]*store.PendingAuthorization
}

// An entry lives from Create to Delete. If its key is created again, that is another entry.
type entry struct {
	updating chan struct{} // full while an Update runs
	record   *store.Record // replaced as a whole, never changed; guarded by memory.mu
}

func newEntry(r *store.Record) *entry {
	return &entry{updating: make(chan struct{}, 1), record: copied(r)}
}

func (e *entry) hold(ctx context.Context) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	select {
	case e.updating <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (e *entry) release() { <-e.updating }

// Begin implements [store.Store].
func (m *memory) Begin(_ context.Context, a *store.PendingAuthorization, most int, now time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, there := m.pending[a.ID]; there {
		return errors.New("connect: an authorization with this ID is pending already")
	}
	var mine []*store.PendingAuthorization
	for id, other := range m.pending {
		switch {
		case !now.Before(other.Ends):
			delete(m.pending, id)
		case other.User == a.User:
			mine = append(mine, other)
		}
	}
	slices.SortFunc(mine, func(a, b *store.PendingAuthorization) int { return a.Ends.Compare(b.Ends) })
	for _, old := range mine[:min(max(0, len(mine)+1-most), len(mine))] {
		delete(m.pending, old.ID)
	}
	added := *a
	added.Ends = stored(a.Ends)
	m.pending[a.ID] = &added
	return nil
}

// Take implements [store.Store].
func (m *memory) Take(_ context.Context, id, user string, proof [32]byte) (*store.PendingAuthorization, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	a, ok := m.pending[id]
	switch {
	case !ok:
		return nil, store.ErrNoRecord
	case a.User != user || a.Proof != proof:
		return nil, store.ErrNotTheirs
	}
	delete(m.pending, id)
	return a, nil
}

// Create implements [store.Store].
func (m *memory) Create(_ context.Context, r *store.Record, most int) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, there := m.records[r.Key]; there {
		return errors.New("connect: a connection with this ID exists already")
	}
	if len(m.of(r.User)) >= most {
		return store.ErrFull
	}
	m.records[r.Key] = newEntry(r)
	return nil
}

// Get implements [store.Store].
func (m *memory) Get(_ context.Context, k store.Key) (*store.Record, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e, ok := m.records[k]
	if !ok {
		return nil, store.ErrNoRecord
	}
	return copied(e.record), nil
}

// List implements [store.Store].
func (m *memory) List(_ context.Context, user string) ([]*store.Record, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	mine := m.of(user)
	slices.SortFunc(mine, func(a, b *store.Record) int { return cmp.Compare(a.ID, b.ID) })
	for i, r := range mine {
		mine[i] = copied(r)
	}
	return mine, nil
}

// Update implements [store.Store].
func (m *memory) Update(ctx context.Context, k store.Key, change func(context.Context, *store.Record) error) error {
	e, r, err := m.hold(ctx, k)
	if err != nil {
		return err
	}
	defer e.release()
	if err := change(ctx, r); err != nil {
		return err
	}
	if r.Key != k {
		return errors.New("connect: an Update must not change the key")
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.records[k] != e { // deleted in the meantime, perhaps to be created again
		return store.ErrNoRecord
	}
	e.record = copied(r)
	return nil
}

// hold waits until no other Update of the connection runs, and keeps others from running until release. It
// returns a copy of the record as it is then.
func (m *memory) hold(ctx context.Context, k store.Key) (*entry, *store.Record, error) {
	m.mu.Lock()
	e, ok := m.records[k]
	m.mu.Unlock()
	if !ok {
		return nil, nil, cmp.Or(ctx.Err(), store.ErrNoRecord)
	}
	if err := e.hold(ctx); err != nil {
		return nil, nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.records[k] != e {
		e.release()
		return nil, nil, store.ErrNoRecord
	}
	return e, copied(e.record), nil
}

// Delete implements [store.Store].
func (m *memory) Delete(_ context.Context, k store.Key) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.records[k]; !ok {
		return store.ErrNoRecord
	}
	delete(m.records, k)
	return nil
}

// DeleteUser implements [store.Store].
func (m *memory) DeleteUser(_ context.Context, user string) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	mine := m.of(user)
	for _, r := range mine {
		delete(m.records, r.Key)
	}
	for id, a := range m.pending {
		if a.User == user {
			delete(m.pending, id)
		}
	}
	return len(mine), nil
}

// of returns the connections of a user. It needs m.mu.
func (m *memory) of(user string) (mine []*store.Record) {
	for k, e := range m.records {
		if k.User == user {
			mine = append(mine, e.record)
		}
	}
	return mine
}

// copied returns a copy of r that shares nothing with it, with times as every store returns them.
func copied(r *store.Record) *store.Record {
	c := *r
	c.Scopes = slices.Clone(r.Scopes)
	c.Connected, c.Refreshed, c.ValidUntil = stored(r.Connected), stored(r.Refreshed), stored(r.ValidUntil)
	return &c
}

func stored(t time.Time) time.Time { return t.Round(0).UTC() }
