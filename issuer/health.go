package issuer

import (
	"context"
	"errors"
	"iter"
	"log/slog"
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

// An observedStore notes how the calls of a store go. A panic is an error of the call.
type observedStore struct {
	store.Store
	log       *slog.Logger
	condition condition.Condition
}

// note takes in an error of the store. All but ErrFull of those that a store refuses with are its work.
func (s *observedStore) note(ctx context.Context, err error) {
	switch {
	case err == nil:
		s.condition.Well()
	case errors.Is(err, store.ErrClaimed), errors.Is(err, store.ErrClaimLost), errors.Is(err, store.ErrUserFull):
		s.condition.Well()
	case errors.Is(err, store.ErrFull):
		s.condition.Degraded(healthFull)
	default:
		s.condition.Note(ctx, err, healthStore)
	}
}

// Mark returns the zero Mark, which is older than every eviction, if the store panics.
func (s *observedStore) Mark() (mark store.Mark) {
	err := safely(s.log, "the token store", func() error {
		mark = s.Store.Mark()
		return nil
	})
	if err != nil {
		s.note(context.Background(), err)
	}
	return mark
}

func (s *observedStore) Get(ctx context.Context, key store.Key, mark store.Mark) (e *store.Entry, err error) {
	err = safely(s.log, "the token store", func() error {
		e, err = s.Store.Get(ctx, key, mark)
		return err
	})
	s.note(ctx, err)
	return e, err
}

func (s *observedStore) Claim(ctx context.Context, key store.Key, mark store.Mark, ttl time.Duration) (c store.Claim, err error) {
	err = safely(s.log, "the token store", func() error {
		c, err = s.Store.Claim(ctx, key, mark, ttl)
		return err
	})
	s.note(ctx, err)
	return c, err
}

func (s *observedStore) Put(ctx context.Context, c store.Claim, e *store.Entry, ttl time.Duration) error {
	err := safely(s.log, "the token store", func() error { return s.Store.Put(ctx, c, e, ttl) })
	s.note(ctx, err)
	return err
}

func (s *observedStore) Release(ctx context.Context, key store.Key, c store.Claim) error {
	err := safely(s.log, "the token store", func() error { return s.Store.Release(ctx, key, c) })
	s.note(ctx, err)
	return err
}

func (s *observedStore) Evict(ctx context.Context, selector store.Selector) (evicted []*store.Entry, err error) {
	err = safely(s.log, "the token store", func() error {
		evicted, err = s.Store.Evict(ctx, selector)
		return err
	})
	s.note(ctx, err)
	return evicted, err
}

func (s *observedStore) Entries(ctx context.Context) iter.Seq2[*store.Entry, error] {
	return func(yield func(*store.Entry, error) bool) {
		stopped := false
		err := safely(s.log, "the token store", func() error {
			for e, err := range s.Store.Entries(ctx) {
				s.note(ctx, err)
				stopped = true // if yield panics, that is no panic of the store's
				if stopped = !yield(e, err); stopped {
					break
				}
			}
			return nil
		})
		if err != nil && !stopped {
			s.note(ctx, err)
			yield(nil, err)
		}
	}
}
