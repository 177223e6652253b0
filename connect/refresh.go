package connect

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/go-pme/pme/connect/store"
	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/internal/rescue"
	"github.com/go-pme/pme/matterport"
)

// errRenewed means that no change is needed: another replica has renewed the connection in the meantime.
var errRenewed = errors.New("connect: renewed meanwhile")

// errVoid says that Matterport refuses the stored refresh token.
var errVoid = errors.New("connect: Matterport refuses the stored refresh token")

// refresh renews a connection, under the store's lock for it. refused is as for renew.
//
// A refresh token that Matterport refuses may only be out of date: another replica may hold its successor and not have
// been able to commit it. So the connection is given up only if nothing has changed a moment later.
func (c *Connections) refresh(ctx context.Context, k store.Key, refused matterport.Secret) error {
	waiting, stop := c.untilClosing(ctx)
	defer stop()
	c.settled(waiting)
	p := pass{refused: refused}
	for {
		err := c.pass(ctx, waiting, k, &p)
		switch {
		case errors.Is(err, errVoid):
			if !sleep(waiting, settleTime) {
				return unavailable(err)
			}
		case err == nil && p.late: // stored now, as it must be before it is used
			p = pass{refused: refused}
		default:
			return err
		}
	}
}

// A pass is one try to renew a connection.
type pass struct {
	refused matterport.Secret // an access token that Matterport does not take
	void    matterport.Secret // the refresh token that Matterport has refused in the try before
	got     *renewal          // Matterport's answer
	lost    bool              // the user has to connect again
	late    bool              // the token that is stored now has already expired
}

// pass makes one try. waiting ends when the shutdown begins; a request that has been sent goes on until ctx ends.
func (c *Connections) pass(ctx, waiting context.Context, k store.Key, p *pass) (err error) {
	sending := false
	defer func() {
		if sending {
			c.sent.end(k, err)
		}
	}()
	err = c.update(waiting, k, func(_ context.Context, r *store.Record) (err error) {
		switch {
		case r.Reconnect():
			return ErrReconnect
		case c.fresh(r) && r.AccessToken != p.refused:
			return errRenewed
		case r.RefreshToken == p.void:
			p.lost = true
			r.RefreshToken, r.AccessToken = "", ""
			return nil
		case waiting.Err() != nil:
			return unavailable(waiting.Err())
		}
		sending = true
		c.sent.begin(k)
		p.got, err = c.next(ctx, r)
		if errors.Is(err, ErrReconnect) {
			p.void = r.RefreshToken
			return errVoid
		}
		if err != nil {
			return err
		}
		p.got.apply(r)
		p.late = p.got.waited && !c.fresh(r)
		r.Refreshed = c.cfg.Now()
		return nil
	})
	return c.concluded(ctx, k, p, err)
}

// concluded reports the result of a try.
func (c *Connections) concluded(ctx context.Context, k store.Key, p *pass, err error) error {
	switch {
	case errors.Is(err, errRenewed):
		return nil
	case errors.Is(err, errVoid):
		return err
	case err != nil && p.got == nil && c.flights.Closed():
		return unavailable(errClosed) // it was not sent
	case err != nil:
		if p.got != nil && !errors.Is(err, store.ErrNoRecord) {
			c.hold(k, p.got)
		}
		return c.notFound(ctx, err, ErrNotConnected)
	case p.lost:
		c.changed(ctx, event.ConnectionLost, slog.LevelWarn, k, "")
		return ErrReconnect
	}
	c.renewedNow(ctx, k, p.got)
	return nil
}

// renewedNow emits the event that a renewal is committed.
func (c *Connections) renewedNow(ctx context.Context, k store.Key, n *renewal) {
	c.unsaved.drop(k, n)
	c.changed(ctx, event.ConnectionRenewed, slog.LevelInfo, k, n.summary())
}

// update turns a panic of the store into an error, so that an answer of Matterport is not lost with it.
func (c *Connections) update(ctx context.Context, k store.Key, change func(context.Context, *store.Record) error) (err error) {
	defer rescue.Into(c.log, "the store of connections", &err)
	return c.store.Update(ctx, k, change)
}

// next is the renewal of r: the one that could not be committed, or Matterport's.
func (c *Connections) next(ctx context.Context, r *store.Record) (*renewal, error) {
	if got := c.unsaved.of(r); got != nil {
		return got, nil
	}
	if err := c.quietly(limited{Key: r.Key}); err != nil {
		return nil, err
	}
	if err := c.spend(ctx, r.User); err != nil {
		return nil, err
	}
	grant, err := c.app.Refresh(ctx, r.RefreshToken)
	if err != nil {
		c.heed(limited{Key: r.Key}, err)
		err = refreshError(err)
		c.log.LogAttrs(ctx, slog.LevelWarn, "connection not renewed", slog.String("user", r.User),
			slog.String("connection", r.ID), slog.Any("error", err))
		return nil, err
	}
	c.lives.grant(grant.Life)
	return &renewal{replaced: r.AccessToken, connected: r.Connected, grant: grant}, nil
}

// summary describes the renewal, without a token.
func (n *renewal) summary() string {
	text := "valid until " + n.grant.ValidUntil.UTC().Format(time.RFC3339)
	if n.grant.ValidUntil.IsZero() {
		text = "valid until a time that is not known"
	}
	if n.grant.RefreshToken != "" {
		text += ", with a new refresh token"
	}
	return text
}

func (n *renewal) apply(r *store.Record) {
	r.AccessToken, r.ValidUntil = n.grant.AccessToken, n.grant.ValidUntil
	if n.grant.RefreshToken != "" {
		r.RefreshToken = n.grant.RefreshToken
	}
}
