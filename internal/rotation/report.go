package rotation

import (
	"context"
	"log/slog"
	"slices"

	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/health"
	"github.com/go-pme/pme/secret"
)

// Unauthenticated probes show these words.
const (
	healthOlder   = health.Degraded("a new secret is refused, the one before it is in use")
	healthRefused = health.Degraded("a secret is refused, an operator has to replace it")
)

// The reasons in events, beside those of package secret.
const (
	reasonRefused  = "refused"  // by the other side
	reasonAccepted = "accepted" // by the other side, after it was refused
)

// changed forgets what is known of values that are gone, so that one that comes back is shown again.
func (r *Ring) changed(c secret.Change) {
	if c.Values {
		values := r.cfg.Source.Values()
		r.mu.Lock()
		for v := range r.records {
			if !slices.Contains(values, v) && v != r.accepted {
				delete(r.records, v)
			}
		}
		well := len(values) > 0 && r.records[values[0]] == nil
		r.mu.Unlock()
		if well {
			r.newest.Well()
		}
	}
	if r.cfg.Events != nil {
		r.cfg.Events.Emit(context.Background(), c.Event(r.cfg.Part))
	}
}

func (r *Ring) tellRefused(ctx context.Context) {
	r.emit(ctx, event.Event{
		Kind: event.SecretRejected, Level: slog.LevelWarn, Reason: reasonRefused,
		Detail: "the newest value is refused; another one is used as long as that is accepted. Correct the value, or make it known at the other side",
	})
}

func (r *Ring) tellAccepted(ctx context.Context) {
	r.emit(ctx, event.Event{Kind: event.SecretChanged, Level: slog.LevelInfo, Reason: reasonAccepted, Detail: "the value that was refused is accepted"})
}

func (r *Ring) emit(ctx context.Context, e event.Event) {
	if r.cfg.Events != nil {
		e.Part = r.cfg.Part
		r.cfg.Events.Emit(ctx, e)
	}
}
