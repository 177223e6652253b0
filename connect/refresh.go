package connect

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/go-pme/pme/connect/store"
	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/internal/rescue"
	"github.com/go-pme/pme/matterport"
)

// errRenewed says that nothing has to be changed: another replica has renewed the connection meanwhile.
var errRenewed = errors.New("connect: renewed meanwhile")

// refresh renews a connection, under the store's lock for it. refused is as for renew.
func (c *Connections) refresh(ctx context.Context, k store.Key, refused matterport.Secret) error {
	var got *renewal // what Matterport has answered
	var lost, late bool
	err := c.update(ctx, k, func(ctx context.Context, r *store.Record) (err error) {
		switch {
		case r.Reconnect():
			return ErrReconnect
		case c.fresh(r) && r.AccessToken != refused:
			return errRenewed
		}
		got, err = c.next(ctx, r)
		if errors.Is(err, ErrReconnect) {
			lost = true
			r.RefreshToken, r.AccessToken = "", ""
			return nil
		}
		if err != nil {
			return err
		}
		got.apply(r)
		late = got.waited && !c.fresh(r)
		r.Refreshed = c.cfg.Now()
		return nil
	})
	switch {
	case errors.Is(err, errRenewed):
		return nil
	case err != nil:
		if got != nil && !errors.Is(err, store.ErrNoRecord) {
			c.unsaved.keep(k, got)
		}
		return c.notFound(ctx, err, ErrNotConnected)
	}
	c.unsaved.drop(k)
	if lost {
		c.changed(ctx, event.ConnectionLost, slog.LevelWarn, k, "")
		return ErrReconnect
	}
	c.changed(ctx, event.ConnectionRenewed, slog.LevelInfo, k, got.summary())
	if late { // stored now, as it must be before it is used
		return c.refresh(ctx, k, refused)
	}
	return nil
}

// update makes a panic of the store an error: what Matterport has answered meanwhile must not be lost with it.
func (c *Connections) update(ctx context.Context, k store.Key, change func(context.Context, *store.Record) error) (err error) {
	defer rescue.Into(c.log, "the store of connections", &err)
	return c.store.Update(ctx, k, change)
}

// next is the renewal of r: the one that could not be committed, or Matterport's.
func (c *Connections) next(ctx context.Context, r *store.Record) (*renewal, error) {
	if got := c.unsaved.of(r); got != nil {
		return got, nil
	}
	if err := c.spend(r.User); err != nil {
		return nil, err
	}
	grant, err := c.app.Refresh(ctx, r.RefreshToken)
	if err != nil {
		err = refreshError(err)
		c.log.LogAttrs(ctx, slog.LevelWarn, "connection not renewed", slog.String("user", r.User),
			slog.String("connection", r.ID), slog.Any("error", err))
		return nil, err
	}
	c.lives.grant(grant.Life)
	return &renewal{replaced: r.AccessToken, grant: grant}, nil
}

// A renewal is what Matterport has given for the tokens of a record.
type renewal struct {
	replaced matterport.Secret // the access token that was stored
	grant    *matterport.OAuthToken
	waited   bool // until it could be committed
}

// summary says what the renewal brought, without a token.
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

// unsaved are renewals that could not be committed. Matterport may have made the stored tokens void, so
// they are kept in mind until the store works again.
type unsaved struct {
	mu       *sync.Mutex
	renewals map[store.Key]*renewal
}

func newUnsaved() unsaved {
	return unsaved{mu: new(sync.Mutex), renewals: make(map[store.Key]*renewal)}
}

func (u unsaved) keep(k store.Key, n *renewal) {
	u.mu.Lock()
	defer u.mu.Unlock()
	n.waited = true
	u.renewals[k] = n
}

func (u unsaved) drop(k store.Key) {
	u.mu.Lock()
	defer u.mu.Unlock()
	delete(u.renewals, k)
}

// of returns the renewal of exactly the stored tokens. One of other tokens is out of date.
func (u unsaved) of(r *store.Record) *renewal {
	u.mu.Lock()
	defer u.mu.Unlock()
	n := u.renewals[r.Key]
	if n == nil || n.replaced != r.AccessToken {
		delete(u.renewals, r.Key)
		return nil
	}
	return n
}
