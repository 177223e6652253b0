package issuer

import (
	"context"
	"errors"
	"iter"
	"time"

	"github.com/go-pme/pme/health"
	"github.com/go-pme/pme/internal/condition"
	"github.com/go-pme/pme/issuer/store"
)

// What can be wrong with what an issuer asks. Probes that need no credential show it.
const (
	healthStore  = health.Degraded("the token store fails")
	healthFull   = health.Degraded("the token store is full")
	healthPolicy = health.Degraded("the policy fails")
)

// parts is embedded under a name that is not exported, and has no exported methods.
type parts = condition.Parts

var _ condition.Reporting = (*Issuer)(nil)

// addParts adds those of the store and the policy as the issuer sees them, and those that they report.
func (i *Issuer) addParts(tokens *observedStore) {
	condition.Add(&i.parts, tokens.condition.Part("tokens"), i.policy.Part("policy"))
	condition.Add(&i.parts, condition.Of(i.cfg.Store, i.cfg.Policy)...)
}

// An observedStore notes how the calls of a store go.
type observedStore struct {
	store.Store
	condition condition.Condition
}

// note takes in an error of the store. All but ErrFull of those that a store refuses with are its work.
func (s *observedStore) note(ctx context.Context, err error) {
	switch {
	case errors.Is(err, store.ErrClaimed), errors.Is(err, store.ErrClaimLost), errors.Is(err, store.ErrUserFull):
		s.condition.Well()
	case errors.Is(err, store.ErrFull):
		s.condition.Degraded(healthFull)
	default:
		s.condition.Note(ctx, err, healthStore)
	}
}

func (s *observedStore) Get(ctx context.Context, key store.Key) (*store.Entry, error) {
	e, err := s.Store.Get(ctx, key)
	s.condition.Note(ctx, err, healthStore) // Get refuses with none of the errors that note looks for
	return e, err
}

func (s *observedStore) Claim(ctx context.Context, key store.Key, ttl time.Duration) (store.Claim, error) {
	c, err := s.Store.Claim(ctx, key, ttl)
	s.note(ctx, err)
	return c, err
}

func (s *observedStore) Put(ctx context.Context, c store.Claim, e *store.Entry, ttl time.Duration) error {
	err := s.Store.Put(ctx, c, e, ttl)
	s.note(ctx, err)
	return err
}

func (s *observedStore) Release(ctx context.Context, key store.Key, c store.Claim) error {
	err := s.Store.Release(ctx, key, c)
	s.note(ctx, err)
	return err
}

func (s *observedStore) Evict(ctx context.Context, selector store.Selector) ([]*store.Entry, error) {
	evicted, err := s.Store.Evict(ctx, selector)
	s.note(ctx, err)
	return evicted, err
}

func (s *observedStore) Entries(ctx context.Context) iter.Seq2[*store.Entry, error] {
	return func(yield func(*store.Entry, error) bool) {
		for e, err := range s.Store.Entries(ctx) {
			s.note(ctx, err)
			if !yield(e, err) {
				return
			}
		}
	}
}
