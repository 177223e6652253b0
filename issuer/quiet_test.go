package issuer_test

import (
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-pme/pme/issuer"
	"github.com/go-pme/pme/issuer/store"
	"github.com/go-pme/pme/matterport"
)

// hints is a store that carries hints between issuers at once.
type hints struct {
	store.Store
	heard  map[int]func(string)
	texts  []string
	broken bool
}

func newHints() *hints {
	return &hints{Store: issuer.NewMemory(issuer.MemoryConfig{}), heard: make(map[int]func(string))}
}

func (h *hints) Hint(_, text string) {
	if h.broken {
		panic("secret-token in a store")
	}
	h.texts = append(h.texts, text)
	for _, f := range h.heard {
		f(text)
	}
}

func (h *hints) OnHint(_ string, f func(string)) (stop func()) {
	n := len(h.heard)
	h.heard[n] = f
	return func() { delete(h.heard, n) }
}

func busy(r *rig, wait time.Duration) {
	r.up.set(func(u *upstream) {
		u.failing = &matterport.Error{Status: http.StatusTooManyRequests, RetryAfter: wait, Err: matterport.ErrRateLimited}
	})
}

func TestOtherReplicasHoldThePauseToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHints()
		share := func(c *issuer.Config) { c.Store = h }
		one, two := newRig(t, share), newRig(t, share)
		busy(one, 30*time.Second)
		one.refuse(t, issuer.ErrUnavailable, alice, office)
		if wait := two.refuse(t, issuer.ErrUnavailable, alice, office); wait != 30*time.Second {
			t.Errorf("another replica asks to wait %v", wait)
		}
		two.up.wantMints(t, 0)
		two.issue(t, alice, office, warehouse) // another mutation
		time.Sleep(30 * time.Second)
		two.issue(t, alice, office)
		if len(h.texts) != 1 {
			t.Errorf("told %q", h.texts)
		}
		if err := errors.Join(one.Close(), two.Close()); err != nil || len(h.heard) != 0 {
			t.Errorf("after Close: %v, %d functions are registered", err, len(h.heard))
		}
	})
}

// A client that makes no call for a while, on its own account, says so with status zero.
func TestOnlyMatterportsOwnWishIsAPauseForAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHints()
		r := newRig(t, func(c *issuer.Config) { c.Store = h })
		r.up.set(func(u *upstream) {
			u.failing = &matterport.Error{RetryAfter: 30 * time.Second, Err: matterport.ErrUnauthorized}
		})
		r.refuse(t, issuer.ErrUpstream, alice, office)
		r.up.set(func(u *upstream) { u.failing = nil })
		r.issue(t, alice, office)
		if len(h.texts) != 0 {
			t.Errorf("told %q", h.texts)
		}
	})
}

func TestHintsOfPausesAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHints()
		r := newRig(t, func(c *issuer.Config) { c.Store = h })
		for _, text := range []string{
			"", "{", "30", `{"Mutation":"all","Milliseconds":1000}`, `{"Mutation":7,"Milliseconds":1000}`, `{"Mutation":-1,"Milliseconds":1000}`,
			`{"Mutation":0}`, `{"Mutation":0,"Milliseconds":-1000}`, `{"Mutation":0,"Milliseconds":1e99}`,
		} {
			h.heard[0](text)
			if _, err := r.Issue(t.Context(), alice, office); err != nil {
				t.Errorf("after %q: %v", text, err)
			}
			r.revoke(t, store.Selector{User: "alice"})
		}
		h.heard[0](`{"Mutation":0,"Milliseconds":9223372036854775807,"More":true}`)
		if wait := r.refuse(t, issuer.ErrUnavailable, alice, office); wait != time.Minute {
			t.Errorf("a hint asks to wait %v", wait)
		}
	})
}

func TestStoreThatPanicsInAHintLeavesThePause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHints()
		r := newRig(t, func(c *issuer.Config) { c.Store = h })
		h.broken = true
		busy(r, 30*time.Second)
		for range 2 {
			if wait := r.refuse(t, issuer.ErrUnavailable, alice, office); wait != 30*time.Second {
				t.Errorf("asks to wait %v", wait)
			}
		}
		r.up.wantMints(t, 1)
	})
}
