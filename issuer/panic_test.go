package issuer_test

import (
	"context"
	"errors"
	"iter"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-pme/pme/issuer"
	"github.com/go-pme/pme/issuer/store"
)

// panicky panics in every method while it is broken.
type panicky struct {
	store.Store
	broken bool
}

func (p *panicky) check() {
	if p.broken {
		panic("secret-token inside")
	}
}

func (p *panicky) Mark() store.Mark { p.check(); return p.Store.Mark() }

func (p *panicky) Get(ctx context.Context, k store.Key, m store.Mark) (*store.Entry, error) {
	p.check()
	return p.Store.Get(ctx, k, m)
}

func (p *panicky) Evict(ctx context.Context, s store.Selector) ([]*store.Entry, error) {
	p.check()
	return p.Store.Evict(ctx, s)
}

func (p *panicky) Entries(ctx context.Context) iter.Seq2[*store.Entry, error] {
	p.check()
	return p.Store.Entries(ctx)
}

func TestPanicOfAStoreIsAnErrorOfIt(t *testing.T) {
	s := &panicky{Store: issuer.NewMemory(issuer.MemoryConfig{})}
	r := newRig(t, func(c *issuer.Config) { c.Store = s })
	r.issue(t, alice, office)
	s.broken = true
	r.refuse(t, issuer.ErrUnavailable, alice, office)
	if _, err := r.Revoke(t.Context(), store.Selector{User: "alice"}); !errors.Is(err, issuer.ErrUnavailable) {
		t.Errorf("Revoke: %v", err)
	}
	if err := r.Recheck(t.Context()); !errors.Is(err, issuer.ErrUnavailable) {
		t.Errorf("Recheck: %v", err)
	}
	if !strings.Contains(r.log.String(), "panic_test.go") {
		t.Error("the log does not say where it panicked")
	}
	s.broken = false
	r.issue(t, alice, office)
	r.up.wantMints(t, 1)
}

// A mark that was taken while the store panicked is older than every eviction.
func TestPanicWhileARequestIsMarkedFailsClosed(t *testing.T) {
	s := &panicky{Store: issuer.NewMemory(issuer.MemoryConfig{})}
	r := newRig(t, func(c *issuer.Config) { c.Store = s })
	r.revoke(t, store.Selector{User: "alice"})
	s.broken = true
	ctx := r.Begin(t.Context())
	s.broken = false
	_, err := r.Issue(ctx, alice, office)
	wantRevoked(t, "Issue", err)
}

func TestPanicOfThePolicyIsAnErrorOfIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil)
		r.issue(t, alice, office)
		r.issue(t, bob, warehouse)
		r.rules.panics = "alice"
		r.refuse(t, issuer.ErrUnavailable, alice, office)
		r.rules.set("bob")
		r.rules.watching() // in the background, where nothing else would catch it
		time.Sleep(time.Second)
		r.up.wantLive(t, 1) // the other user's token was rechecked all the same
		if !strings.Contains(r.log.String(), "fake_test.go") {
			t.Error("the log does not say where it panicked")
		}
	})
}

func TestDeletionThatPanicsIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil)
		r.issue(t, alice, office)
		r.up.set(func(u *upstream) { u.whileDelete = func() { panic("secret-token inside") } })
		if out := r.revoke(t, store.Selector{User: "alice"}); out != (issuer.Revocation{Tokens: 1, Pending: 1}) {
			t.Errorf("%+v, want 1 token, pending", out)
		}
		r.up.set(func(u *upstream) { u.whileDelete = nil })
		time.Sleep(time.Minute)
		r.up.wantLive(t, 0)
	})
}

func TestLimitIsSpentBeforeTheStoreIsAsked(t *testing.T) {
	s := &counted{Store: issuer.NewMemory(issuer.MemoryConfig{})}
	r := newRig(t, func(c *issuer.Config) { c.Store, c.MintBurst = s, 1 })
	r.issue(t, alice, office)
	r.refuse(t, issuer.ErrRateLimited, alice, warehouse)
	if s.claims != 1 {
		t.Errorf("%d claims, want 1: none by a user who may not mint", s.claims)
	}
}

type counted struct {
	store.Store
	claims int
}

func (c *counted) Claim(ctx context.Context, k store.Key, m store.Mark, ttl time.Duration) (store.Claim, error) {
	c.claims++
	return c.Store.Claim(ctx, k, m, ttl)
}
