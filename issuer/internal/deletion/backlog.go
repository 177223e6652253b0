package deletion

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/go-pme/pme/issuer/store"
)

// A backlog is what a large revocation has to delete. A few workers go through it, so that its size costs neither goroutines nor timers.
type backlog struct {
	tried func(done bool)

	mu   sync.Mutex // guards todo
	todo []item
}

// An item is one token to delete.
type item struct {
	*store.Entry
	expired time.Time // when it needs no deletion any more, by the clock of this machine
	again   bool      // it was tried before
}

// startBacklog deletes entries in their order.
func (d *Deletions) startBacklog(entries []*store.Entry, tried func(done bool)) {
	b, now := &backlog{tried: tried, todo: make([]item, 0, len(entries))}, d.now()
	for _, e := range entries {
		b.todo = append(b.todo, item{Entry: e, expired: now.Add(d.cfg.Life(e))})
	}
	started := false
	for range mostLarge {
		started = d.cfg.Flights.Go(func(ctx context.Context) { d.workOff(ctx, b) }) || started
	}
	if !started {
		d.abandon(b)
	}
}

// workOff deletes until nothing is left. What fails goes to the end. After a failure it pauses, the longer the more there were in
// a row: while Matterport does not answer, a large revocation makes few calls.
func (d *Deletions) workOff(ctx context.Context, b *backlog) {
	pause := leastPause
	for next, ok := b.next(); ok; next, ok = b.next() {
		err := d.workOn(ctx, b, next)
		if err == nil {
			pause = leastPause
			continue
		}
		b.putBack(next)
		if ctx.Err() != nil {
			d.abandon(b)
			return
		}
		d.failed(ctx, next.Entry, err)
		select {
		case <-after(pause, err):
			pause = min(2*pause, mostPause)
		case <-ctx.Done():
			d.abandon(b)
			return
		}
	}
}

// workOn tries once, unless the token has expired.
func (d *Deletions) workOn(ctx context.Context, b *backlog, next item) (err error) {
	if d.now().Before(next.expired) {
		err = d.onceOfMany(ctx, next.Entry)
	}
	if !next.again {
		b.tried(err == nil)
	}
	if err == nil {
		d.cfg.Done(ctx, next.Entry)
	}
	return err
}

// onceOfMany waits for a slot of large revocations first.
func (d *Deletions) onceOfMany(ctx context.Context, e *store.Entry) error {
	select {
	case d.large <- struct{}{}:
		defer func() { <-d.large }()
	case <-ctx.Done():
		return ctx.Err()
	}
	return d.once(ctx, e)
}

func (b *backlog) next() (first item, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.todo) == 0 {
		return item{}, false
	}
	first, b.todo = b.todo[0], b.todo[1:]
	return first, true
}

func (b *backlog) putBack(i item) {
	i.again = true
	b.mu.Lock()
	defer b.mu.Unlock()
	b.todo = append(b.todo, i)
}

// abandon gives up what is left, with one record for all of it.
func (d *Deletions) abandon(b *backlog) {
	b.mu.Lock()
	left := b.todo
	b.todo = nil
	b.mu.Unlock()
	var last time.Time
	for _, i := range left {
		if !i.again {
			b.tried(false)
		}
		if i.ValidUntil.After(last) {
			last = i.ValidUntil
		}
	}
	if len(left) > 0 {
		d.cfg.Logger.LogAttrs(context.Background(), slog.LevelWarn, "deletion abandoned",
			slog.Int("tokens", len(left)), slog.Time("valid_until", last))
	}
}
