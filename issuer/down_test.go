package issuer_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-pme/pme/health"
	"github.com/go-pme/pme/internal/condition"
	"github.com/go-pme/pme/issuer"
	"github.com/go-pme/pme/issuer/store"
)

// outage is a store that can be down for what follows a mint, or for reading too.
type outage struct {
	store.Store
	down    atomic.Bool
	reading bool
}

var errOutage = errors.New("the store is down")

func (o *outage) Get(ctx context.Context, key store.Key, mark store.Mark) (*store.Entry, error) {
	if o.reading && o.down.Load() {
		return nil, errOutage
	}
	return o.Store.Get(ctx, key, mark)
}

func (o *outage) Put(ctx context.Context, c store.Claim, e *store.Entry, ttl time.Duration) error {
	if o.down.Load() {
		return errOutage
	}
	return o.Store.Put(ctx, c, e, ttl)
}

func (o *outage) Release(ctx context.Context, key store.Key, c store.Claim) error {
	if o.down.Load() {
		return errOutage
	}
	return o.Store.Release(ctx, key, c)
}

func TestClaimIsReleasedOnceTheStoreIsBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &outage{Store: issuer.NewMemory(issuer.MemoryConfig{})}
		r := newRig(t, func(c *issuer.Config) { c.Store = s })
		s.down.Store(true)
		if _, err := r.Issue(t.Context(), alice, office); !errors.Is(err, issuer.ErrUnavailable) {
			t.Fatalf("Issue: %v", err)
		}
		time.Sleep(5 * time.Second)
		s.down.Store(false)
		time.Sleep(time.Second)
		begun := time.Now()
		if _, err := r.Issue(t.Context(), alice, office); err != nil || time.Since(begun) > 0 {
			t.Errorf("Issue: %v, after %v", err, time.Since(begun))
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
}

// reporter is a store that says itself how it is.
type reporter struct{ outage }

func (*reporter) HealthParts() []health.Part {
	return []health.Part{{Name: "own", Check: func(context.Context) error { return nil }}}
}

func TestStoreThatReportsItsHealthIsNotJudgedByItsCalls(t *testing.T) {
	own, silent := new(reporter), new(outage)
	own.Store, silent.Store = issuer.NewMemory(issuer.MemoryConfig{}), issuer.NewMemory(issuer.MemoryConfig{})
	own.reading, silent.reading = true, true
	own.down.Store(true)
	silent.down.Store(true)
	for s, well := range map[store.Store]bool{own: true, silent: false} {
		r := newRig(t, func(c *issuer.Config) { c.Store = s })
		if _, err := r.Issue(t.Context(), alice, office); err == nil {
			t.Fatal("a token")
		}
		for _, part := range condition.Of(r.Issuer) {
			if err := part.Check(t.Context()); part.Name == "tokens" && (err == nil) != well {
				t.Errorf("%T: %v", s, err)
			}
		}
	}
}
