// Package local has the stores of a replica that goes on by itself while Redis does not answer. Each wraps that of the fleet.
package local

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-pme/pme/fleet/internal/member"
)

const replayers = 16 // revocations that are written at once

// An Outage knows whether this process goes on by itself, and what it has to tell the others afterwards. It is safe for concurrent
// use.
type Outage struct {
	member *member.Member
	limit  time.Duration
	lease  time.Duration
	logger *slog.Logger

	pending pending
}

// Config configures an Outage.
type Config struct {
	Member *member.Member
	Limit  time.Duration // how long a replica goes on
	Lease  time.Duration
	Logger *slog.Logger
}

// NewOutage returns an Outage that replays until the member is closed.
func NewOutage(cfg Config) *Outage {
	o := &Outage{member: cfg.Member, limit: cfg.Limit, lease: cfg.Lease, logger: cfg.Logger}
	o.member.Go(o.run)
	return o
}

// on reports whether this process goes on by itself: Redis does not answer, or does not yet have what was revoked meanwhile.
func (o *Outage) on() bool {
	return o.member.CutOff(o.limit) || o.pending.count.Load() > 0 && o.member.Reached(o.limit)
}

func (o *Outage) run(ctx context.Context) {
	for {
		select {
		case <-time.After(o.lease / 3):
		case <-ctx.Done():
			return
		}
		if o.pending.count.Load() > 0 && o.member.Leased() {
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
				if !o.member.Leased() || o.pending.write(ctx, what) != nil {
					failed.Add(1)
				}
			}
		})
	}
	all := o.pending.list()
	for _, what := range all {
		work <- what
	}
	close(work)
	busy.Wait()
	o.logger.LogAttrs(ctx, slog.LevelInfo, "pending revocations replayed",
		slog.Int("revocations", len(all)), slog.Int64("failed", failed.Load()))
}
