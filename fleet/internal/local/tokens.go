package local

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"sync"
	"time"

	"github.com/go-pme/pme/fleet/internal/redis"
	"github.com/go-pme/pme/fleet/internal/tokens"
	"github.com/go-pme/pme/issuer"
	"github.com/go-pme/pme/issuer/store"
	"github.com/go-pme/pme/matterport"
)

// MostLife is the longest life of a token that a replica mints by itself.
const MostLife = 150 * time.Second

// errLongLived means that a token was asked for before the outage and minted in it.
var errLongLived = errors.New("fleet: Redis does not answer, and the token lives too long to be issued without it")

// Tokens is the fleet's store of tokens, and one of this process while Redis does not answer.
type Tokens struct {
	*tokens.Store
	outage *Outage
	own    store.Store // of tokens that are not in Redis

	mu     sync.Mutex // guards what follows
	minted map[matterport.Secret]minted
}

// A minted is where a token of this process stands.
type minted struct {
	mark store.Mark // of the fleet
	ends time.Time
}

var (
	_ store.Store    = (*Tokens)(nil)
	_ store.Notifier = (*Tokens)(nil)
	_ store.Awaiter  = (*Tokens)(nil)
	_ store.Deleter  = (*Tokens)(nil)
	_ store.Limiter  = (*Tokens)(nil)
	_ store.Hinter   = (*Tokens)(nil)
	_ store.Spender  = (*Tokens)(nil)
)

// NewTokens returns the store of a fleet that goes on in an outage.
func NewTokens(s *tokens.Store, o *Outage, maxEntries, maxPerUser int) *Tokens {
	own := issuer.NewMemory(issuer.MemoryConfig{MaxEntries: maxEntries, MaxPerUser: maxPerUser})
	t := &Tokens{Store: s, outage: o, own: own, minted: make(map[matterport.Secret]minted)}
	o.member.Go(t.register)
	return t
}

// LifeLimit implements [store.Limiter].
func (t *Tokens) LifeLimit() (most time.Duration, now bool) { return MostLife, t.outage.on() }

const (
	between = "|" // the mark of the fleet and that of this process
	ownMade = "own "
)

// Mark implements [store.Store].
func (t *Tokens) Mark() store.Mark {
	mark := t.Store.Mark()
	if t.outage.on() {
		mark += between + t.own.Mark()
	}
	return mark
}

// split returns the marks of the fleet and of this process. A mark from before the outage is older than all of this process.
func split(mark store.Mark) (fleet, own store.Mark) {
	a, b, _ := strings.Cut(string(mark), between)
	return store.Mark(a), store.Mark(b)
}

// Get implements [store.Store].
func (t *Tokens) Get(ctx context.Context, key store.Key, mark store.Mark) (*store.Entry, error) {
	fleet, own := split(mark)
	switch {
	case !t.outage.on():
		return t.Store.Get(ctx, key, fleet) //nolint:wrapcheck // a store of ours
	case t.RevokedSince(key, fleet):
		return nil, store.ErrClaimLost
	}
	e, err := t.own.Get(ctx, key, own)
	if err != nil || e == nil || t.revoked(e) {
		return nil, err //nolint:wrapcheck // as above
	}
	return e, nil
}

// revoked reports whether another replica may have revoked a token of this process, as far as is known here.
func (t *Tokens) revoked(e *store.Entry) bool {
	m, ok := t.find(e.Token)
	return !ok || t.RevokedSince(e.Key, m.mark) || t.TokenRevokedSince(e, m.mark)
}

// Claim implements [store.Store].
func (t *Tokens) Claim(ctx context.Context, key store.Key, mark store.Mark, ttl time.Duration) (store.Claim, error) {
	fleet, own := split(mark)
	switch {
	case !t.outage.on():
		return t.Store.Claim(ctx, key, fleet, ttl) //nolint:wrapcheck // a store of ours
	case t.RevokedSince(key, fleet):
		return "", store.ErrClaimLost
	}
	claim, err := t.own.Claim(ctx, key, own, ttl)
	if err != nil {
		return "", err //nolint:wrapcheck // as above
	}
	return ownMade + store.Claim(fleet) + " " + claim, nil
}

// ownClaim returns the parts of a claim that this process has given: the mark of the fleet, and the claim in its own store.
func ownClaim(c store.Claim) (mark store.Mark, claim store.Claim, own bool) {
	rest, own := strings.CutPrefix(string(c), ownMade)
	a, b, _ := strings.Cut(rest, " ")
	return store.Mark(a), store.Claim(b), own
}

// Put implements [store.Store].
func (t *Tokens) Put(ctx context.Context, c store.Claim, e *store.Entry, ttl time.Duration) error {
	mark, claim, own := ownClaim(c)
	switch {
	case !own:
		return t.Store.Put(ctx, c, e, ttl) //nolint:wrapcheck // a store of ours
	case ttl > MostLife:
		return errLongLived
	}
	t.mu.Lock()
	t.minted[e.Token] = minted{mark, time.Now().Add(ttl)}
	t.mu.Unlock()
	err := t.own.Put(ctx, claim, e, ttl)
	if err != nil {
		t.forget(e.Token)
	}
	return err //nolint:wrapcheck // as above
}

// Release implements [store.Store].
func (t *Tokens) Release(ctx context.Context, key store.Key, c store.Claim) error {
	if _, claim, own := ownClaim(c); own {
		return t.own.Release(ctx, key, claim) //nolint:wrapcheck // a store of ours
	}
	return t.Store.Release(ctx, key, c) //nolint:wrapcheck // as above
}

// Evict implements [store.Store]. In an outage it holds in this process, and returns [store.ErrPending].
func (t *Tokens) Evict(ctx context.Context, sel store.Selector) ([]*store.Entry, error) {
	if !sel.Valid() {
		return nil, nil
	}
	gone, err := t.own.Evict(ctx, sel)
	if err != nil {
		return nil, fmt.Errorf("fleet: %w", err)
	}
	if !t.outage.on() {
		more, err := t.Store.Evict(ctx, sel)
		return append(gone, more...), err //nolint:wrapcheck // a store of ours
	}
	gone = append(gone, t.EvictHere(sel)...)
	return gone, t.outage.pending.add(sel, &item{write: func(ctx context.Context) error {
		more, err := t.Store.Evict(ctx, sel)
		t.Orphaned(more)
		return err //nolint:wrapcheck // only whether there is one counts
	}})
}

// Entries implements [store.Store]. In an outage it returns those of this process, and then an error.
func (t *Tokens) Entries(ctx context.Context) iter.Seq2[*store.Entry, error] {
	if !t.outage.on() {
		return t.Store.Entries(ctx)
	}
	return func(yield func(*store.Entry, error) bool) {
		for e, err := range t.own.Entries(ctx) {
			if !yield(e, err) {
				return
			}
		}
		yield(nil, redis.ErrDown)
	}
}
