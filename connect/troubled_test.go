package connect_test

import (
	"context"
	"sync"
	"time"

	"github.com/go-pme/pme/connect"
)

// troubled is a store that can be made to fail.
type troubled struct {
	connect.Store
	mu     sync.Mutex
	all    error // every call
	commit error // Update, after the change
}

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

func (s *troubled) Begin(ctx context.Context, a *connect.StoredAttempt, keep int, now time.Time) error {
	if err, _ := s.trouble(); err != nil {
		return err
	}
	return s.Store.Begin(ctx, a, keep, now)
}

func (s *troubled) Take(ctx context.Context, id string) (*connect.StoredAttempt, error) {
	if err, _ := s.trouble(); err != nil {
		return nil, err
	}
	return s.Store.Take(ctx, id)
}

func (s *troubled) Create(ctx context.Context, r *connect.Record, most int) error {
	if err, _ := s.trouble(); err != nil {
		return err
	}
	return s.Store.Create(ctx, r, most)
}

func (s *troubled) Get(ctx context.Context, k connect.Key) (*connect.Record, error) {
	if err, _ := s.trouble(); err != nil {
		return nil, err
	}
	return s.Store.Get(ctx, k)
}

func (s *troubled) List(ctx context.Context, user string) ([]*connect.Record, error) {
	if err, _ := s.trouble(); err != nil {
		return nil, err
	}
	return s.Store.List(ctx, user)
}

func (s *troubled) Delete(ctx context.Context, k connect.Key) error {
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

func (s *troubled) Update(ctx context.Context, k connect.Key, change func(context.Context, *connect.Record) error) error {
	if err, _ := s.trouble(); err != nil {
		return err
	}
	return s.Store.Update(ctx, k, func(ctx context.Context, r *connect.Record) error {
		if err := change(ctx, r); err != nil {
			return err
		}
		_, commit := s.trouble()
		return commit
	})
}
