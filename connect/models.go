package connect

import (
	"context"
	"errors"
	"log/slog"

	"github.com/go-pme/pme/connect/store"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/matterport"
)

// Models returns a page of the models of the connected account. id is as for [Connections.Token]. [ErrInvalid] means
// that the query is malformed, or that Matterport rejects its words or its offset.
func (c *Connections) Models(ctx context.Context, u *identity.User, id string, q matterport.ModelQuery) (page *matterport.ModelPage, err error) {
	err = c.use(ctx, u, id, func(ctx context.Context, access matterport.Secret) (err error) {
		page, err = c.app.Models(ctx, access, q)
		return err
	})
	return page, queryError(q, err)
}

// queryError returns the error of a query for models. If Matterport rejects a request with the caller's words or offset,
// these are taken to be invalid: neither can be checked here.
func queryError(q matterport.ModelQuery, err error) error {
	if errors.Is(err, matterport.ErrInvalid) && (q.Query != "" || q.Offset != "") {
		return &Error{Kind: ErrInvalid, Err: err}
	}
	return err
}

// Model returns one model of the connected account, [ErrModelNotFound] if the account has none with that
// ID. id is as for [Connections.Token].
func (c *Connections) Model(ctx context.Context, u *identity.User, id, model string) (found *matterport.Model, err error) {
	err = c.use(ctx, u, id, func(ctx context.Context, access matterport.Secret) (err error) {
		found, err = c.app.Model(ctx, access, model)
		return err
	})
	return found, err
}

// call is a call to the Model API.
type call func(ctx context.Context, access matterport.Secret) error

// use makes a call with the connection's access token. If Matterport refuses that token, use renews it and calls once
// more: the token may have been revoked, with or without the connection.
func (c *Connections) use(ctx context.Context, u *identity.User, id string, do call) error {
	r, err := c.current(ctx, u, id)
	if err != nil {
		return err
	}
	calls := limited{Key: r.Key, calls: true}
	if err := c.quietly(calls); err != nil {
		return err
	}
	if err := c.spend(ctx, u.ID); err != nil {
		return err
	}
	err = within(ctx, r, do)
	if errors.Is(err, matterport.ErrTokenRefused) {
		if err := c.renew(ctx, r, r.AccessToken, false); err != nil {
			return err
		}
		if r, err = c.current(ctx, u, r.ID); err != nil {
			return err
		}
		err = within(ctx, r, do)
	}
	if err == nil || ctx.Err() != nil {
		return err
	}
	c.heed(calls, err)
	err = callError(err)
	c.log.LogAttrs(ctx, slog.LevelWarn, "models of a connected account not read", slog.String("user", r.User), slog.String("connection", r.ID), slog.Any("error", err))
	return err
}

// within bounds a call: Matterport's Retry-After may be longer than the caller waits.
func within(ctx context.Context, r *store.Record, do call) error {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	return do(ctx, r.AccessToken)
}
