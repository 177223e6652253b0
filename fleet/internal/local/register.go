package local

import (
	"context"
	"errors"
	"time"

	"github.com/go-pme/pme/issuer/store"
	"github.com/go-pme/pme/matterport"
)

// register moves the tokens of this process into Redis after an outage, so that all replicas can revoke them.
func (t *Tokens) register(ctx context.Context) {
	for {
		select {
		case <-time.After(t.outage.lease):
		case <-ctx.Done():
			return
		}
		if t.count() > 0 && !t.outage.on() && t.outage.member.Leased() {
			t.registerAll(ctx)
		}
	}
}

func (t *Tokens) registerAll(ctx context.Context) {
	found := make(map[matterport.Secret]bool)
	for e, err := range t.own.Entries(ctx) {
		if err != nil {
			return
		}
		found[e.Token] = true
		t.registerOne(ctx, e)
	}
	t.keep(found)
}

// registerOne stores a token under a claim that counts what any replica has revoked since it was minted.
func (t *Tokens) registerOne(ctx context.Context, e *store.Entry) {
	m, ok := t.find(e.Token)
	left := time.Until(m.ends)
	if !ok || left <= 0 || !t.SameEpoch(m.mark) {
		return // if Redis has lost its content, nothing can be told of it, and it ends soon
	}
	claim, err := t.Store.Claim(ctx, e.Key, m.mark, 10*time.Second)
	if err == nil {
		if err = t.Store.Put(ctx, claim, e, left); err != nil {
			_ = t.Store.Release(ctx, e.Key, claim)
		}
	}
	switch {
	case errors.Is(err, store.ErrClaimLost):
		t.Orphaned(t.take(ctx, e))
	case err == nil:
		t.take(ctx, e)
	}
}

// take takes a token out of the store of this process.
func (t *Tokens) take(ctx context.Context, e *store.Entry) []*store.Entry {
	t.forget(e.Token)
	gone, err := t.own.Evict(ctx, store.Selector{User: e.Key.User, Token: e.Token})
	if err != nil {
		return nil
	}
	return gone
}

func (t *Tokens) count() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.minted)
}

func (t *Tokens) find(token matterport.Secret) (minted, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	m, ok := t.minted[token]
	return m, ok
}

func (t *Tokens) forget(token matterport.Secret) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.minted, token)
}

// keep forgets tokens whose time is over, unless they are in the store.
func (t *Tokens) keep(found map[matterport.Secret]bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for token, m := range t.minted {
		if !found[token] && time.Now().After(m.ends) {
			delete(t.minted, token)
		}
	}
}
