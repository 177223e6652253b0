package connect

import (
	"context"
	"log/slog"

	"github.com/go-pme/pme/connect/store"
	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/revocations"
	"github.com/go-pme/pme/internal/sameorigin"
)

// changed emits the event that an account was connected, or its connection renewed, lost or deleted. Open pages hear of
// all but a renewal.
func (c *Connections) changed(ctx context.Context, kind event.Kind, level slog.Level, k store.Key, detail string) {
	if kind != event.ConnectionRenewed {
		revocations.Tell(&c.counter, k.User, k.ID)
	}
	cause := event.CauseOf(ctx)
	c.cfg.Events.Emit(ctx, event.Event{
		Kind: kind, Level: level, User: k.User, Connection: k.ID, Detail: detail, By: cause.By, Reason: cause.Reason,
	})
}

// refuse emits the event that the user could not connect an account, with the reason.
func (c *Connections) refuse(ctx context.Context, user, reason, detail string) {
	c.cfg.Events.Emit(ctx, event.Event{Kind: event.ConnectRefused, Level: slog.LevelWarn, User: user, Reason: reason, Detail: detail})
}

// overLimit emits the event that the user causes too many calls to Matterport: one at first and one a minute, which counts the
// others.
func (c *Connections) overLimit(ctx context.Context, user string) {
	const reason = "too_many_requests"
	count := c.limited.Note(user)
	if count == 0 {
		c.cfg.Events.Counter(event.RequestRefused, reason).Add(1)
		return
	}
	c.cfg.Events.Emit(ctx, event.Event{
		Kind: event.RequestRefused, Level: slog.LevelWarn, User: user, Reason: reason, Count: count,
		Detail: "too many calls to Matterport for connected accounts",
	})
}

// foreign emits the event of a signed-in user's request that seems to come from a page of another site.
func (c *Connections) foreign(ctx context.Context, user, detail string) {
	c.cfg.Events.Emit(ctx, event.Event{
		Kind: event.RequestRefused, Level: slog.LevelWarn, User: user, Reason: sameorigin.Reason, Detail: detail,
	})
}

// denied emits the event that Config.Allow does not let the user use connections.
func (c *Connections) denied(ctx context.Context, u *identity.User) error {
	c.refuse(ctx, u.ID, "denied", "")
	return ErrDenied
}
