package connect_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-pme/pme/connect/store"
)

// troubled is a store that can be made to fail.
type troubled struct {
	store.Store
	mu     sync.Mutex
	all    error // every call
	commit error // Update, after the change

	updates atomic.Int64
}

// errPanics is a trouble in which a store panics.
var errPanics = errors.New("the store panics")

func (s *troubled) set(all, commit error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all, s.commit = all, commit
}

func (s *troubled) trouble() (all, commit error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.all, s.commit
}

func (s *troubled) Begin(ctx context.Context, a *store.PendingAuthorization, keep int, now time.Time) error {
	if err, _ := s.trouble(); err != nil {
		return err
	}
	return s.Store.Begin(ctx, a, keep, now)
}

func (s *troubled) Take(ctx context.Context, id, user string, proof [32]byte) (*store.PendingAuthorization, error) {
	if err, _ := s.trouble(); err != nil {
		return nil, err
	}
	return s.Store.Take(ctx, id, user, proof)
}

func (s *troubled) Create(ctx context.Context, r *store.Record, most int) error {
	if err, _ := s.trouble(); err != nil {
		return err
	}
	return s.Store.Create(ctx, r, most)
}

func (s *troubled) Get(ctx context.Context, k store.Key) (*store.Record, error) {
	if err, _ := s.trouble(); err != nil {
		return nil, err
	}
	return s.Store.Get(ctx, k)
}

func (s *troubled) List(ctx context.Context, user string) ([]*store.Record, error) {
	if err, _ := s.trouble(); err != nil {
		return nil, err
	}
	return s.Store.List(ctx, user)
}

func (s *troubled) Delete(ctx context.Context, k store.Key) error {
	if err, _ := s.trouble(); err != nil {
		return err
	}
	return s.Store.Delete(ctx, k)
}

func (s *troubled) DeleteUser(ctx context.Context, user string) (int, error) {
	if err, _ := s.trouble(); err != nil {
		return 0, err
	}
	return s.Store.DeleteUser(ctx, user)
}

func (s *troubled) Update(ctx context.Context, k store.Key, change func(context.Context, *store.Record) error) error {
	s.updates.Add(1)
	if err, _ := s.trouble(); err != nil {
		return err
	}
	return s.Store.Update(ctx, k, func(ctx context.Context, r *store.Record) error {
		if err := change(ctx, r); err != nil {
			return err
		}
		_, commit := s.trouble()
		if errors.Is(commit, errPanics) {
			panic(commit)
		}
		return commit
	})
}
