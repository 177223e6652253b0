package connect

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/go-pme/pme/connect/store"
	"github.com/go-pme/pme/matterport"
)

// retryUnavailable is the suggested wait if Matterport suggests none.
const retryUnavailable = 5 * time.Second

var errClosed = errors.New("closed")

func unavailable(err error) *Error {
	return &Error{Kind: ErrUnavailable, RetryAfter: retryUnavailable, Err: err}
}

// failed logs an error of the store or of Config.Allow and returns ErrUnavailable.
func (c *Connections) failed(ctx context.Context, err error) error {
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return err // the caller has left or run out of time, so its context's error is the cause
	}
	c.log.LogAttrs(ctx, slog.LevelError, "connections unavailable", slog.Any("error", err))
	return unavailable(err)
}

// notFound classifies an error of the store or of an update in it. kind is the error for a missing connection.
func (c *Connections) notFound(ctx context.Context, err, kind error) error {
	var ours *Error
	switch {
	case errors.Is(err, store.ErrNoRecord):
		return kind
	case errors.As(err, &ours), errors.Is(err, ErrReconnect):
		return err
	}
	return c.failed(ctx, err)
}

// flightError turns an error of the flight itself, such as a panic, into an [Error].
func (c *Connections) flightError(ctx context.Context, err error) error {
	var ours *Error
	if err == nil || errors.As(err, &ours) {
		return err
	}
	for _, kind := range []error{ErrReconnect, ErrNotConnected, ErrTooMany} {
		if errors.Is(err, kind) {
			return err
		}
	}
	return c.failed(ctx, err)
}

// exchangeError classifies an error of [matterport.OAuthApp.Exchange].
func exchangeError(err error) error {
	var api *matterport.Error
	switch {
	case errors.Is(err, matterport.ErrReconnect): // the code is invalid or has expired
		return &Error{Kind: ErrAttemptOver, Err: err}
	case errors.As(err, &api) && (api.Code == "access_denied" || api.Code == "unauthorized_client"):
		return &Error{Kind: ErrAccountRefused, Err: err}
	case errors.Is(err, matterport.ErrInvalid):
		return &Error{Kind: ErrUpstream, Err: err}
	}
	return callError(err)
}

// refreshError classifies an error of [matterport.OAuthApp.Refresh].
func refreshError(err error) error {
	if errors.Is(err, matterport.ErrReconnect) {
		return &Error{Kind: ErrReconnect, Err: err}
	}
	return callError(err)
}

// callError classifies an error of the Matterport client.
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
		out.Kind = ErrInvalid // the client refused it: the query is malformed
	}
	if errors.As(err, &api) && api.RetryAfter > 0 {
		out.RetryAfter = api.RetryAfter
	}
	return out
}
