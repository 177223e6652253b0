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

// A state is what is known of all values together.
type state int

const (
	well    state = iota // nothing is known against the newest value
	older                // the newest one is refused, and another one may be right
	refused              // all are
)

// changed passes on what the source tells.
func (r *Ring) changed(c secret.Change) {
	if r.cfg.Events != nil {
		r.cfg.Events.Emit(context.Background(), c.Event(r.cfg.Part))
	}
}

// report says in health and by an event how a call has ended.
func (r *Ring) report(ctx context.Context, accepted bool) {
	r.mu.Lock()
	before, told := r.state, r.told
	r.state = r.stateNow()
	now := r.state
	if now > before || accepted {
		r.told = now
	}
	switch now {
	case well:
		r.newest.Well()
	case older:
		r.newest.Degraded(healthOlder)
	case refused:
		r.newest.Degraded(healthRefused)
	}
	r.mu.Unlock()
	switch {
	case now > before && now == refused:
		r.emit(ctx, event.SecretRejected, reasonRefused, "no value is accepted. Put the right value in its place, or make it known at the other side")
	case now > before:
		r.emit(ctx, event.SecretRejected, reasonRefused,
			"the newest value is refused; another one is used as long as that is accepted. Correct the value, or make it known at the other side")
	case accepted && now < told:
		r.emit(ctx, event.SecretChanged, reasonAccepted, "a value is accepted, after one was refused")
	}
}

// stateNow needs r.mu.
func (r *Ring) stateNow() state {
	bad := func(v string) bool { return r.records[v] != nil && r.records[v].certain }
	values := r.all()
	switch {
	case len(values) == 0 || !bad(values[0]):
		return well
	case slices.ContainsFunc(values, func(v string) bool { return !bad(v) }):
		return older
	}
	return refused
}

func (r *Ring) emit(ctx context.Context, kind event.Kind, reason, detail string) {
	if r.cfg.Events == nil {
		return
	}
	level := slog.LevelInfo
	if kind == event.SecretRejected {
		level = slog.LevelWarn
	}
	r.cfg.Events.Emit(ctx, event.Event{Kind: kind, Level: level, Part: r.cfg.Part, Reason: reason, Detail: detail})
}
