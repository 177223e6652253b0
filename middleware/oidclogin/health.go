package oidclogin

import (
	"context"
	"slices"
	"time"

	"github.com/go-pme/pme/health"
	"github.com/go-pme/pme/internal/condition"
	"github.com/go-pme/pme/internal/provider"
	"github.com/go-pme/pme/middleware/oidclogin/store"
)

// What can be wrong with a login. Probes that need no credential show it.
const (
	healthProvider = health.Degraded("the identity provider cannot be looked up")
	healthStore    = health.Degraded("the store of the login fails")
)

// part is the name of all parts of a login.
const part = "login"

var _ health.Reporter = (*sessions)(nil)

// HealthParts implements [health.Reporter].
func (s *sessions) HealthParts() []health.Part { return s.parts }

// observe has the login note how its store and its provider do. It comes before they are used.
func (s *sessions) observe() {
	var calls provider.Observer
	calls.Observe(s.client)
	stored := &observedStore{Store: s.cfg.Store}
	s.parts = slices.Concat(
		calls.HealthParts(part), condition.Of(s.cfg.Store),
		[]health.Part{s.discovery.health.Part(part), s.keys.HealthPart(part), stored.condition.Part(part)})
	s.cfg.Store = stored
}

// An observedStore notes how the calls of a store go.
type observedStore struct {
	store.Store
	condition condition.Condition
}

func (s *observedStore) note(ctx context.Context, err error) { s.condition.Note(ctx, err, healthStore) }

func (s *observedStore) End(ctx context.Context, name string, until time.Time, ttl time.Duration) error {
	err := s.Store.End(ctx, name, until, ttl)
	s.note(ctx, err)
	return err
}

func (s *observedStore) Ended(ctx context.Context, names ...string) ([]time.Time, error) {
	ends, err := s.Store.Ended(ctx, names...)
	s.note(ctx, err)
	return ends, err
}

func (s *observedStore) Once(ctx context.Context, name string, ttl time.Duration) (bool, error) {
	first, err := s.Store.Once(ctx, name, ttl)
	s.note(ctx, err)
	return first, err
}

func (s *observedStore) Save(ctx context.Context, name string, value []byte, ttl time.Duration) error {
	err := s.Store.Save(ctx, name, value, ttl)
	s.note(ctx, err)
	return err
}

func (s *observedStore) Load(ctx context.Context, name string) ([]byte, error) {
	value, err := s.Store.Load(ctx, name)
	s.note(ctx, err)
	return value, err
}

func (s *observedStore) Delete(ctx context.Context, name string) error {
	err := s.Store.Delete(ctx, name)
	s.note(ctx, err)
	return err
}
