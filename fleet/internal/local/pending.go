package local

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-pme/pme/issuer/store"
)

const mostPending = 100_000

// errTooMany means that this process cannot remember more revocations.
var errTooMany = errors.New("fleet: Redis does not answer, and too many revocations are pending")

// pending are the revocations that hold in this process and are not in Redis yet.
type pending struct {
	count atomic.Int64

	mu    sync.Mutex // guards what follows
	items map[any]*item
}

// An item is a pending revocation. It is never changed.
type item struct {
	until time.Time // of sessions: those that were issued by then
	write func(context.Context) error
}

// add remembers a revocation. A later one of the same replaces it. The error is [store.ErrPending] if that works.
func (p *pending) add(what any, i *item) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.items == nil {
		p.items = make(map[any]*item)
	}
	if len(p.items) >= mostPending && p.items[what] == nil {
		return errTooMany
	}
	p.items[what] = i
	p.count.Store(int64(len(p.items)))
	return store.ErrPending
}

// find returns the pending revocation of something, or nil.
func (p *pending) find(what any) *item {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.items[what]
}

func (p *pending) list() (all []any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for what := range p.items {
		all = append(all, what)
	}
	return all
}

// write writes one into Redis. One that was added meanwhile stays.
func (p *pending) write(ctx context.Context, what any) error {
	i := p.find(what)
	if i == nil {
		return nil
	}
	if err := i.write(ctx); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.items[what] == i {
		delete(p.items, what)
		p.count.Store(int64(len(p.items)))
	}
	return nil
}
