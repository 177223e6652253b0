// Package deletion deletes revoked tokens at Matterport, and repeats that until Matterport confirms it or the token has expired.
// A revocation of thousands of tokens delays no other one.
package deletion

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/go-pme/pme/internal/flight"
	"github.com/go-pme/pme/issuer/store"
	"github.com/go-pme/pme/matterport"
)

const (
	// most bounds the concurrent calls.
	most = 8

	// large is how many tokens make a revocation a large one. At a tenth of a second each, its deletions take long.
	large = 100

	// mostLarge bounds the concurrent calls of all large revocations. What is left of most is for the others: a user who is
	// locked out does not wait for thousands.
	mostLarge = 6
)

// The pauses between two attempts. Each is about twice as long as the one before.
const (
	leastPause = time.Second
	mostPause  = 30 * time.Second

	longestWait = time.Minute // that Matterport can ask for
)

// Config configures [Deletions]. All fields are required.
type Config struct {
	// Once tries to delete a token. It does not panic.
	Once func(ctx context.Context, token matterport.Secret) error

	// Done is told of each token that needs no deletion any more.
	Done func(ctx context.Context, e *store.Entry)

	// Life returns the longest that a token can still live.
	Life func(e *store.Entry) time.Duration

	// Flights runs the deletions, and ends them.
	Flights *flight.Group

	Logger *slog.Logger
}

// Deletions are all that an issuer has to do. They are safe for concurrent use.
type Deletions struct {
	cfg   Config
	now   func() time.Time
	all   chan struct{} // a slot for each concurrent call
	large chan struct{} // one for each of those of large revocations
}

// New returns Deletions without any.
func New(cfg Config) *Deletions {
	return &Deletions{cfg: cfg, now: time.Now, all: make(chan struct{}, most), large: make(chan struct{}, mostLarge)}
}

// Start deletes entries in the background. It calls tried once for each, after the first attempt or if there will be none. Tried
// is quick.
func (d *Deletions) Start(entries []*store.Entry, tried func(done bool)) {
	if len(entries) >= large {
		d.startBacklog(entries, tried)
		return
	}
	for _, e := range entries {
		if !d.cfg.Flights.Go(func(ctx context.Context) { d.delete(ctx, e, tried) }) {
			tried(false)
			d.Abandoned(e)
		}
	}
}

// Delete deletes one entry, and returns when that is done, not needed any more, or given up since ctx has ended.
func (d *Deletions) Delete(ctx context.Context, e *store.Entry) { d.delete(ctx, e, func(bool) {}) }

func (d *Deletions) delete(ctx context.Context, e *store.Entry, tried func(done bool)) {
	expired := time.After(d.cfg.Life(e))
	pause := leastPause
	for n := 0; ; n++ {
		err := d.once(ctx, e)
		if n == 0 {
			tried(err == nil)
		}
		if err == nil {
			d.cfg.Done(ctx, e)
			return
		}
		d.failed(ctx, e, err)
		select {
		case <-after(pause, err):
			pause = min(2*pause, mostPause)
		case <-expired:
			d.cfg.Done(ctx, e)
			return
		case <-ctx.Done():
			d.Abandoned(e)
			return
		}
	}
}

// after has a value after about that time, and not before Matterport wants to be asked again.
func after(pause time.Duration, err error) <-chan time.Time {
	wait := pause/2 + rand.N(pause) //nolint:gosec // jitter is no secret
	if asked, ok := errors.AsType[*matterport.Error](err); ok {
		wait = max(wait, min(asked.RetryAfter, longestWait))
	}
	return time.After(wait)
}

// once waits for a slot, and tries.
func (d *Deletions) once(ctx context.Context, e *store.Entry) error {
	select {
	case d.all <- struct{}{}:
		defer func() { <-d.all }()
	case <-ctx.Done():
		return ctx.Err()
	}
	return d.cfg.Once(ctx, e.Token)
}

func (d *Deletions) failed(ctx context.Context, e *store.Entry, err error) {
	d.cfg.Logger.LogAttrs(ctx, slog.LevelWarn, "deletion failed", slog.String("user", e.Key.User), slog.Any("error", err))
}

// Abandoned logs that an entry will not be deleted.
func (d *Deletions) Abandoned(e *store.Entry) {
	d.cfg.Logger.LogAttrs(context.Background(), slog.LevelWarn, "deletion abandoned",
		slog.String("user", e.Key.User), slog.Time("valid_until", e.ValidUntil))
}
