package connect

import (
	"context"
	"errors"
	"math"
	"sync/atomic"
	"time"

	"github.com/go-pme/pme/connect/store"
	"github.com/go-pme/pme/health"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/condition"
)

// The states of the parts that connections depend on. Unauthenticated probes show them.
const (
	healthStore = health.Degraded("the store of connected accounts fails")
	healthAllow = health.Degraded("the rule for who may connect accounts fails")
)

var _ health.Reporter = (*Connections)(nil)

// HealthParts implements [health.Reporter]. It reports the latest results of calls to the store, to Config.Allow and
// to Matterport.
func (c *Connections) HealthParts() []health.Part { return c.parts }

// observe wraps the store and Config.Allow to record whether their calls succeed.
func (c *Connections) observe() {
	stored := &observedStore{Store: c.cfg.Store, now: c.cfg.Now}
	allow := new(condition.Condition)
	c.parts = append(condition.Of(c.app, c.cfg.Store), stored.condition.Part("connections"), allow.Part("connections"))
	c.store = stored
	if ask := c.cfg.Allow; ask != nil {
		c.cfg.Allow = func(ctx context.Context, u *identity.User) (bool, error) {
			allowed, err := ask(ctx, u)
			allow.Note(ctx, err, healthAllow)
			return allowed, err
		}
	}
}

// An observedStore records whether the calls of a store succeed.
type observedStore struct {
	store.Store
	condition condition.Condition
	now       func() time.Time
	failing   atomic.Bool               // the last call failed
	recovered atomic.Pointer[time.Time] // when the first call after a failure succeeded
}

// sinceFailure is how long ago the store worked again after a failure.
func (s *observedStore) sinceFailure() time.Duration {
	at := s.recovered.Load()
	switch {
	case s.failing.Load():
		return 0
	case at == nil:
		return math.MaxInt64
	}
	return s.now().Sub(*at)
}

// note records the error of a call. The errors by which a store refuses a call are not failures.
func (s *observedStore) note(ctx context.Context, err error) {
	if errors.Is(err, store.ErrNoRecord) || errors.Is(err, store.ErrNotTheirs) || errors.Is(err, store.ErrFull) {
		err = nil
	}
	switch {
	case err == nil && s.failing.Load():
		now := s.now()
		s.recovered.Store(&now)
		s.failing.Store(false)
	case err != nil && !errors.Is(ctx.Err(), context.Canceled):
		s.failing.Store(true)
	}
	s.condition.Note(ctx, err, healthStore)
}

func (s *observedStore) Begin(ctx context.Context, a *store.PendingAuthorization, most int, now time.Time) error {
	err := s.Store.Begin(ctx, a, most, now)
	s.note(ctx, err)
	return err
}

func (s *observedStore) Take(ctx context.Context, id, user string, proof [32]byte) (*store.PendingAuthorization, error) {
	a, err := s.Store.Take(ctx, id, user, proof)
	s.note(ctx, err)
	return a, err
}

func (s *observedStore) Create(ctx context.Context, r *store.Record, most int) error {
	err := s.Store.Create(ctx, r, most)
	s.note(ctx, err)
	return err
}

func (s *observedStore) Get(ctx context.Context, k store.Key) (*store.Record, error) {
	r, err := s.Store.Get(ctx, k)
	s.note(ctx, err)
	return r, err
}

func (s *observedStore) List(ctx context.Context, user string) ([]*store.Record, error) {
	all, err := s.Store.List(ctx, user)
	s.note(ctx, err)
	return all, err
}

// Update returns the error of change if change fails, which says nothing about the store.
func (s *observedStore) Update(ctx context.Context, k store.Key, change func(context.Context, *store.Record) error) error {
	var unchanged error
	err := s.Store.Update(ctx, k, func(ctx context.Context, r *store.Record) error {
		unchanged = change(ctx, r)
		return unchanged
	})
	if unchanged == nil {
		s.note(ctx, err)
	}
	return err
}

func (s *observedStore) Delete(ctx context.Context, k store.Key) error {
	err := s.Store.Delete(ctx, k)
	s.note(ctx, err)
	return err
}

func (s *observedStore) DeleteUser(ctx context.Context, user string) (int, error) {
	n, err := s.Store.DeleteUser(ctx, user)
	s.note(ctx, err)
	return n, err
}
