// Package local has the stores of a replica that goes on by itself while Redis does not answer. Each wraps that of the fleet.
package local

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-pme/pme/fleet/internal/member"
	"github.com/go-pme/pme/issuer/store"
)

const (
	mostPending = 100_000
	replayers   = 16 // revocations that are replayed at once
)

// errTooMany means that this process cannot remember more revocations.
var errTooMany = errors.New("fleet: Redis does not answer, and too many revocations are pending")

// An Outage knows whether this process goes on by itself, and what it has to tell the others afterwards. It is safe for concurrent
// use.
type Outage struct {
	member *member.Member
	limit  time.Duration
	lease  time.Duration
	logger *slog.Logger

	count   atomic.Int64 // of pending
	mu      sync.Mutex   // guards what follows
	pending map[any]replay
}

// A replay writes a pending revocation into Redis.
type replay func(context.Context) error

// Config configures an Outage.
type Config struct {
	Member *member.Member
	Limit  time.Duration // how long a replica goes on
	Lease  time.Duration
	Logger *slog.Logger
}

// NewOutage returns an Outage that replays until the member is closed.
func NewOutage(cfg Config) *Outage {
	o := &Outage{member: cfg.Member, limit: cfg.Limit, lease: cfg.Lease, logger: cfg.Logger, pending: make(map[any]replay)}
	o.member.Go(o.run)
	return o
}

// on reports whether this process goes on by itself: Redis does not answer, or does not yet have what was revoked meanwhile.
func (o *Outage) on() bool {
	return o.member.CutOff(o.limit) || o.count.Load() > 0 && o.member.Reached(o.limit)
}

// pend remembers a revocation. A later one of the same replaces it.
func (o *Outage) pend(what any, r replay) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.pending) >= mostPending {
		return errTooMany
	}
	o.pending[what] = r
	o.count.Store(int64(len(o.pending)))
	return store.ErrPending
}

func (o *Outage) run(ctx context.Context) {
	for {
		select {
		case <-time.After(o.lease / 3):
		case <-ctx.Done():
			return
		}
		if o.count.Load() > 0 && o.member.Leased() {
			o.replay(ctx)
		}
	}
}

// replay writes everything that is pending. What fails stays.
func (o *Outage) replay(ctx context.Context) {
	work := make(chan any)
	var busy sync.WaitGroup
	var failed atomic.Int64
	for range replayers {
		busy.Go(func() {
			for what := range work {
				if !o.replayOne(ctx, what) {
					failed.Add(1)
				}
			}
		})
	}
	all := o.list()
	for _, what := range all {
		work <- what
	}
	close(work)
	busy.Wait()
	o.logger.LogAttrs(ctx, slog.LevelInfo, "pending revocations replayed",
		slog.Int("revocations", len(all)), slog.Int64("failed", failed.Load()))
}

func (o *Outage) list() (all []any) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for what := range o.pending {
		all = append(all, what)
	}
	return all
}

func (o *Outage) replayOne(ctx context.Context, what any) (ok bool) {
	o.mu.Lock()
	r := o.pending[what]
	o.mu.Unlock()
	if !o.member.Leased() || r(ctx) != nil {
		return false
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.pending, what)
	o.count.Store(int64(len(o.pending)))
	return true
}
