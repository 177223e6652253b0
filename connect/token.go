package connect

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/go-pme/pme/connect/store"
	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/flight"
	"github.com/go-pme/pme/internal/showcase"
	"github.com/go-pme/pme/matterport"
)

// A Token is an access token for a browser. It opens all models of the connected account and allows whatever else its
// scopes allow.
type Token struct {
	AccessToken matterport.Secret
	ValidUntil  time.Time // on Matterport's clock
	ExpiresIn   int       // whole seconds left, always more than 60, and never more than tokens live
}

// patience is how long a caller waits for a new token if the stored one is still usable.
const patience = 2 * time.Second

var (
	errTakesTime  = errors.New("the renewal has not finished in time")
	errNoTimeLeft = errors.New("the access token lives too short: let the application's access tokens live 5 minutes or more at Matterport, and check this machine's clock")
	errNoTime     = errors.New("the time at Matterport is not known: its answers have no Date, or have an Age; check the App's BaseURL, and that proxies pass Date on and do not cache")
)

// Token returns an access token of the connection of u with that ID. If id is empty, it uses the only connection of u.
//
// It returns the stored token while more than RefreshBefore of its life is left. Then it renews the token, once for all
// concurrent callers, in this process and in others. If a caller's ctx ends, that caller gets ctx's error at once and
// the others keep waiting. If Matterport fails, Token returns the stored token as long as the SDK can still work with
// it. [ErrReconnect] means that Matterport has refused the connection itself.
//
// Lifetimes are measured on Matterport's clock. After a start, no stored token is returned until Matterport's time is
// known; the first renewal learns it. A token with more life left than tokens can have is renewed. ExpiresIn is at most
// the longest life that was asked for or granted to this process.
func (c *Connections) Token(ctx context.Context, u *identity.User, id string) (Token, error) {
	r, err := c.current(ctx, u, id)
	if err != nil {
		return Token{}, err
	}
	return c.token(r), nil
}

// current returns the record with a token that can be given out.
func (c *Connections) current(ctx context.Context, u *identity.User, id string) (*store.Record, error) {
	if c.flights.Closed() {
		return nil, unavailable(errClosed)
	}
	r, err := c.find(ctx, u, id)
	switch {
	case err != nil:
		return nil, err
	case r.Reconnect():
		return nil, ErrReconnect
	case c.fresh(r):
		c.log.LogAttrs(ctx, slog.LevelDebug, "access token reused", slog.String("user", r.User), slog.String("connection", r.ID))
		return r, nil
	}
	return c.renewed(ctx, u, r)
}

// renewed waits for a renewal, then reads the record again, as it may have changed during the wait.
func (c *Connections) renewed(ctx context.Context, u *identity.User, r *store.Record) (*store.Record, error) {
	renewErr := c.renew(ctx, r, "", c.token(r).usable())
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	r, err := c.find(ctx, u, r.ID)
	switch {
	case err != nil:
		return nil, err
	case r.Reconnect():
		return nil, ErrReconnect
	case c.token(r).usable() && renewErr != nil:
		c.log.LogAttrs(ctx, slog.LevelWarn, "access token reused: not renewed", slog.String("user", r.User),
			slog.String("connection", r.ID), slog.Int("expires_in", c.token(r).ExpiresIn), slog.Any("error", renewErr))
		return r, nil
	case c.token(r).usable():
		return r, nil
	case renewErr == nil && !c.timeKnown():
		renewErr = &Error{Kind: ErrUpstream, Err: errNoTime}
	case renewErr == nil:
		renewErr = &Error{Kind: ErrUpstream, Err: errNoTimeLeft}
	}
	return nil, renewErr
}

// renew waits until the connection has been renewed, by a new flight or by one in progress. refused is an access token
// that Matterport refuses although it should still be valid. The flight continues if the caller leaves. A caller with a
// usable token leaves after patience.
func (c *Connections) renew(ctx context.Context, r *store.Record, refused matterport.Secret, usable bool) error {
	k := r.Key
	from := c.cfg.Events.Request(ctx) // read it now: the flight may outlast the request
	result := c.flights.Do("renew "+k.ID+" of "+k.User, workTime, func(ctx context.Context) error {
		defer c.first(ctx, r)()
		return c.refresh(event.WithRequest(ctx, from), k, refused)
	})
	var enough time.Duration
	if usable {
		enough = patience
	}
	done, err := flight.Wait(ctx, result, enough)
	switch {
	case done:
		return c.flightError(ctx, err)
	case err != nil:
		return err
	}
	return unavailable(errTakesTime)
}

// usable reports whether the SDK can work with t.
func (t Token) usable() bool {
	return t.AccessToken != "" && t.ExpiresIn >= int(showcase.LeastLeft/time.Second)
}

// fresh reports whether the record's token needs no renewal yet.
func (c *Connections) fresh(r *store.Record) bool {
	t := c.token(r)
	return t.usable() && t.ExpiresIn > int(c.cfg.RefreshBefore/time.Second)
}
