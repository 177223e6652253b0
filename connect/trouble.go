package connect

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/go-pme/pme/connect/store"
	"github.com/go-pme/pme/matterport"
)

// retryUnavailable is the wait that is suggested if Matterport suggests none.
const retryUnavailable = 5 * time.Second

var errClosed = errors.New("closed")

func unavailable(err error) *Error {
	return &Error{Kind: ErrUnavailable, RetryAfter: retryUnavailable, Err: err}
}

// unavailable is the answer if the store, or a rule of the host, fails: nothing is given out.
func (c *Connections) unavailable(ctx context.Context, err error) error {
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return err // the caller has left, or has run out of time: that is what went wrong
	}
	c.log.LogAttrs(ctx, slog.LevelError, "connected accounts are unavailable", slog.Any("error", err))
	return unavailable(err)
}

// notFound sorts an error of the store or of what was done in it: kind is for a connection that is not stored.
func (c *Connections) notFound(ctx context.Context, err, kind error) error {
	var ours *Error
	switch {
	case errors.Is(err, store.ErrNoRecord):
		return kind
	case errors.As(err, &ours), errors.Is(err, ErrReconnect):
		return err
	}
	return c.unavailable(ctx, err)
}

// landed gives the errors of a flight itself the form of all others.
func (c *Connections) landed(ctx context.Context, err error) error {
	var ours *Error
	if err == nil || errors.As(err, &ours) {
		return err
	}
	for _, kind := range []error{ErrReconnect, ErrNotConnected, ErrTooMany} {
		if errors.Is(err, kind) {
			return err
		}
	}
	return c.unavailable(ctx, err)
}

// exchangeError sorts an error of [matterport.OAuthApp.Exchange].
func exchangeError(err error) error {
	var api *matterport.Error
	switch {
	case errors.Is(err, matterport.ErrReconnect): // the code is not good, or not good any more
		return &Error{Kind: ErrAttemptOver, Err: err}
	case errors.As(err, &api) && (api.Code == "access_denied" || api.Code == "unauthorized_client"):
		return &Error{Kind: ErrAccountRefused, Err: err}
	case errors.Is(err, matterport.ErrInvalid):
		return &Error{Kind: ErrUpstream, Err: err}
	}
	return callError(err)
}

// refreshError sorts an error of [matterport.OAuthApp.Refresh].
func refreshError(err error) error {
	if errors.Is(err, matterport.ErrReconnect) {
		return &Error{Kind: ErrReconnect, Err: err}
	}
	return callError(err)
}

// callError sorts an error of the Matterport client.
func callError(err error) error {
	out := &Error{Kind: ErrUpstream, Err: err}
	switch {
	case errors.Is(err, matterport.ErrNotFound):
		out.Kind = ErrModelNotFound
	case errors.Is(err, matterport.ErrUnavailable), errors.Is(err, matterport.ErrRateLimited), errors.Is(err, matterport.ErrClosed),
		errors.Is(err, context.Canceled):
		out.Kind, out.RetryAfter = ErrUnavailable, retryUnavailable
	}
	var api *matterport.Error
	if errors.As(err, &api) && api.Status == 0 && errors.Is(err, matterport.ErrInvalid) {
		out.Kind = ErrInvalid // refused by the client: what was asked for is no query
	}
	if errors.As(err, &api) && api.RetryAfter > 0 {
		out.RetryAfter = api.RetryAfter
	}
	return out
}
