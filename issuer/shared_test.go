package issuer_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-pme/pme/internal/revocations"
	"github.com/go-pme/pme/issuer"
	"github.com/go-pme/pme/issuer/store"
)

// shared is a store that replicas share: it tells of evictions, and knows when another replica has finished a mint.
type shared struct {
	store.Store

	mu    sync.Mutex
	heard map[int]func(store.Selector)
	put   chan struct{}
}

func newShared() *shared {
	return &shared{Store: issuer.NewMemory(issuer.MemoryConfig{}), heard: make(map[int]func(store.Selector)), put: make(chan struct{})}
}

func (s *shared) OnEvict(f func(store.Selector)) (stop func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := len(s.heard)
	s.heard[n] = f
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.heard, n)
	}
}

func (s *shared) Await(store.Key) (<-chan struct{}, func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.put, func() {}
}

func TestEvictionsOfOtherReplicasAreTold(t *testing.T) {
	s := newShared()
	r := newRig(t, func(c *issuer.Config) { c.Store = s })
	l := revocations.Listen(r, "alice", []string{office, warehouse})
	defer l.Stop()
	before := revocations.Of(r, "alice")
	s.heard[0](store.Selector{User: "alice", Model: office})
	if got := l.Revoked(); len(got) != 1 || got[0] != office || revocations.Of(r, "alice") == before {
		t.Errorf("told of %q", got)
	}
	s.heard[0](store.Selector{})
	if got := l.Revoked(); len(got) != 2 {
		t.Errorf("told of %q, want all", got)
	}
	if err := r.Close(); err != nil || len(s.heard) != 0 {
		t.Errorf("after Close: %v, %d functions are registered", err, len(s.heard))
	}
}

// Another replica holds the claim. Its token is found when the store says that it is there, not at the next look.
func TestTheTokenOfAnotherReplicaIsFoundAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShared()
		r := newRig(t, func(c *issuer.Config) { c.Store = s })
		key := store.Key{User: "alice", Models: office}
		claim, err := s.Claim(t.Context(), key, s.Mark(), time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan error, 1)
		go func() {
			_, err := r.Issue(t.Context(), alice, office)
			done <- err
		}()
		time.Sleep(4 * time.Second) // by now it looks twice a second at most
		synctest.Wait()
		now, _ := r.up.ServerTime()
		if err := s.Put(t.Context(), claim, &store.Entry{Key: key, Token: "t1", ValidUntil: now.Add(10 * time.Minute), User: alice}, 10*time.Minute); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		s.mu.Lock()
		close(s.put)
		s.put = make(chan struct{})
		s.mu.Unlock()
		if err := <-done; err != nil || time.Since(began) != 0 || r.up.mints != 0 {
			t.Errorf("after %v: %v, %d mints", time.Since(began), err, r.up.mints)
		}
	})
}

// unsure stores the token and says that it does not know.
type unsure struct{ *shared }

func (u unsure) Put(ctx context.Context, c store.Claim, e *store.Entry, ttl time.Duration) error {
	return errors.Join(u.Store.Put(ctx, c, e, ttl), errors.New("no answer"))
}

func TestATokenThatMayBeStoredIsEvictedAndDeleted(t *testing.T) {
	s := newShared()
	r := newRig(t, func(c *issuer.Config) { c.Store = unsure{s} })
	if _, err := r.Issue(t.Context(), alice, office); !errors.Is(err, issuer.ErrUnavailable) {
		t.Fatalf("Issue: %v", err)
	}
	for {
		e, err := s.Get(t.Context(), store.Key{User: "alice", Models: office}, s.Mark())
		r.up.mu.Lock()
		deletes := r.up.deletes
		r.up.mu.Unlock()
		if err == nil && e == nil && deletes == 1 {
			return
		}
		select {
		case <-t.Context().Done():
			t.Fatalf("%v, %v, %d deletions", e, err, deletes)
		case <-time.After(time.Millisecond):
		}
	}
}
