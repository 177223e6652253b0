package issuer_test

import (
	"context"
	"errors"
	"iter"
	"maps"
	"testing"

	"github.com/go-pme/pme/issuer"
	"github.com/go-pme/pme/issuer/store"
)

func TestLiveModelsAreThoseOfLiveTokens(t *testing.T) {
	r := newRig(t, nil)
	r.issue(t, alice, office)
	r.issue(t, bob, warehouse)
	r.issue(t, alice, office, warehouse)
	want := map[string]int{office: 2, warehouse: 2}
	if live, err := r.LiveModels(t.Context()); err != nil || !maps.Equal(live, want) {
		t.Errorf("%v, %v; want %v", live, err, want)
	}
	r.revoke(t, store.Selector{Model: office})
	if live, err := r.LiveModels(t.Context()); err != nil || !maps.Equal(live, map[string]int{warehouse: 1}) {
		t.Errorf("%v, %v after a revocation", live, err)
	}
}

// halfRead is a store that fails while it is read.
type halfRead struct{ store.Store }

func (s halfRead) Entries(ctx context.Context) iter.Seq2[*store.Entry, error] {
	return func(yield func(*store.Entry, error) bool) {
		for e, err := range s.Store.Entries(ctx) {
			if !yield(e, err) {
				return
			}
		}
		yield(nil, errors.New("connection reset"))
	}
}

func TestLiveModelsAreNotKnownIfTheStoreFails(t *testing.T) {
	r := newRig(t, func(cfg *issuer.Config) { cfg.Store = halfRead{issuer.NewMemory(issuer.MemoryConfig{})} })
	r.issue(t, alice, office)
	if live, err := r.LiveModels(t.Context()); live != nil || !errors.Is(err, issuer.ErrUnavailable) {
		t.Errorf("%v, %v", live, err)
	}
}
