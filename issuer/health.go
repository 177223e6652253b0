package issuer

import (
	"context"
	"errors"
	"iter"
	"log/slog"
	"time"

	"github.com/go-pme/pme/health"
	"github.com/go-pme/pme/internal/condition"
	"github.com/go-pme/pme/internal/rescue"
	"github.com/go-pme/pme/issuer/store"
)

// The states of the store and the policy. Unauthenticated probes show them.
const (
	healthStore  = health.Degraded("the token store fails")
	healthFull   = health.Degraded("the token store is full")
	healthPolicy = health.Degraded("the policy fails")
)

// parts is embedded under a name that is not exported, and has no exported methods.
type parts = condition.Parts

var _ condition.Reporting = (*Issuer)(nil)

// addParts adds the parts for the store and the policy as seen by the issuer, and the parts that they report.
func (i *Issuer) addParts(tokens *observedStore) {
	condition.Add(&i.parts, tokens.condition.Part("tokens"), i.policy.Part("policy"))
	condition.Add(&i.parts, condition.Of(i.cfg.Store, i.cfg.Policy)...)
}

// An observedStore records whether the calls of a store succeed. It turns a panic into an error of the call.
type observedStore struct {
	store.Store
	log       *slog.Logger
	condition condition.Condition
}

// note takes in an error of the store. All but ErrFull of those that a store refuses with are its work. A store that is a
// health.Reporter says itself whether it fails.
func (s *observedStore) note(ctx context.Context, err error) {
	switch {
	case err == nil:
		s.condition.Well()
	case errors.Is(err, store.ErrClaimed), errors.Is(err, store.ErrClaimLost), errors.Is(err, store.ErrUserFull):
		s.condition.Well()
	case errors.Is(err, store.ErrFull):
		s.condition.Degraded(healthFull)
	case !condition.Reports(s.Store):
		s.condition.Note(ctx, err, healthStore)
	}
}

// theStore is what the log says that panicked.
const theStore = "the token store"

// done records the result of a call and turns a panic of the store into an error. It must be deferred.
func (s *observedStore) done(ctx context.Context, err *error) {
	if recover() != nil {
		rescue.Report(s.log, theStore)
		*err = rescue.ErrPanicked
	}
	s.note(ctx, *err)
}

// Mark returns the zero Mark, which is older than every eviction, if the store panics.
func (s *observedStore) Mark() (mark store.Mark) {
	var err error
	defer rescue.Into(s.log, theStore, &err)
	return s.Store.Mark()
}

func (s *observedStore) Get(ctx context.Context, key store.Key, mark store.Mark) (e *store.Entry, err error) {
	defer s.done(ctx, &err)
	return s.Store.Get(ctx, key, mark)
}

func (s *observedStore) Claim(ctx context.Context, key store.Key, mark store.Mark, ttl time.Duration) (c store.Claim, err error) {
	defer s.done(ctx, &err)
	return s.Store.Claim(ctx, key, mark, ttl)
}

func (s *observedStore) Put(ctx context.Context, c store.Claim, e *store.Entry, ttl time.Duration) (err error) {
	defer s.done(ctx, &err)
	return s.Store.Put(ctx, c, e, ttl)
}

func (s *observedStore) Release(ctx context.Context, key store.Key, c store.Claim) (err error) {
	defer s.done(ctx, &err)
	return s.Store.Release(ctx, key, c)
}

func (s *observedStore) Evict(ctx context.Context, selector store.Selector) (evicted []*store.Entry, err error) {
	defer s.done(ctx, &err)
	return s.Store.Evict(ctx, selector)
}

func (s *observedStore) Entries(ctx context.Context) iter.Seq2[*store.Entry, error] {
	return func(yield func(*store.Entry, error) bool) {
		stopped := false
		err := s.each(ctx, func(e *store.Entry, err error) bool {
			stopped = true // if yield panics, that is no panic of the store's
			stopped = !yield(e, err)
			return !stopped
		})
		if err != nil && !stopped {
			yield(nil, err)
		}
	}
}

// each fails if the store panics.
func (s *observedStore) each(ctx context.Context, yield func(*store.Entry, error) bool) (err error) {
	defer s.done(ctx, &err)
	for e, err := range s.Store.Entries(ctx) {
		s.note(ctx, err)
		if !yield(e, err) {
			break
		}
	}
	return nil
}
