package connect

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/go-pme/pme/connect/store"
	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/flight"
	"github.com/go-pme/pme/internal/scrub"
	"github.com/go-pme/pme/matterport"
)

// Finish ends an attempt with the parameters of its callback. proof is the value of the browser's cookie, empty if
// it sent none. When Finish returns without an error, the connection is stored.
//
// Once the code is being redeemed, the work continues even if the browser leaves, as the code cannot be used again.
func (c *Connections) Finish(ctx context.Context, u *identity.User, cb Callback, proof string) (Connection, error) {
	if err := c.authorize(ctx, u); err != nil {
		return Connection{}, err
	}
	if c.flights.Closed() {
		return Connection{}, unavailable(errClosed) // another replica may still finish the attempt
	}
	a, err := c.take(ctx, u, cb, proof)
	if err != nil {
		return Connection{}, err
	}
	if err := c.answered(ctx, u, cb, proof, string(a.Verifier)); err != nil {
		return Connection{}, err
	}
	var connected Connection
	from := c.cfg.Events.Request(ctx) // read it now: the flight may outlast the request
	result := c.flights.Do("finish "+a.ID, workTime, func(ctx context.Context) (err error) {
		connected, err = c.redeem(event.WithRequest(ctx, from), a, cb.Code)
		return err
	})
	switch done, err := flight.Wait(ctx, result, 0); {
	case !done:
		return Connection{}, err
	case err != nil:
		return Connection{}, c.flightError(ctx, err)
	}
	return connected, nil
}

// maxDescription is the longest error_description in runes that is logged.
const maxDescription = 300

// answered returns the error that Matterport reported in the callback itself. Its codes are not documented, except
// those of RFC 6749 §4.1.2.1; nor is how it refuses accounts in Development Mode. The log gets the error's text,
// without secrets and without the other parameters of the callback.
func (c *Connections) answered(ctx context.Context, u *identity.User, cb Callback, secrets ...string) error {
	kind := ErrUpstream
	switch {
	case cb.Error == "" && cb.Code != "":
		return nil
	case cb.Error == "":
		return ErrInvalid
	case cb.Error == "unauthorized_client", strings.Contains(strings.ToLower(cb.Description), "development mode"):
		kind = ErrAccountRefused
	case cb.Error == "access_denied", cb.Error == "consent_required", cb.Error == "interaction_required":
		kind = ErrConsentDenied
	case cb.Error == "server_error", cb.Error == "temporarily_unavailable":
		kind = ErrUnavailable
	}
	detail := known(cb.Error) + ": " + kind.Error()
	said := scrub.Scrubber{Secrets: append(secrets, cb.Attempt, cb.Code), Limit: maxDescription}
	if text := said.Clean(cb.Description); text != "" {
		detail += ": " + text
	}
	c.refuse(ctx, u.ID, "matterport", detail)
	return &Error{Kind: kind}
}

// known returns the code if it may be logged. The code comes from the browser and may be any text.
func known(code string) string {
	codes := []string{
		"access_denied", "consent_required", "interaction_required", "invalid_request", "invalid_scope", "server_error",
		"temporarily_unavailable", "unauthorized_client", "unsupported_response_type",
	}
	if slices.Contains(codes, code) {
		return code
	}
	return "unknown"
}

// redeem turns the code into a stored connection.
func (c *Connections) redeem(ctx context.Context, a *store.PendingAuthorization, code string) (_ Connection, err error) {
	k := store.Key{User: a.User, ID: a.Connection}
	c.sent.begin(k)
	defer func() { c.sent.end(k, err) }()
	grant, err := c.app.Exchange(ctx, a.ID, code, string(a.Verifier))
	if err != nil {
		err = exchangeError(err)
		c.refuse(ctx, a.User, "code_not_redeemed", err.Error())
		return Connection{}, err
	}
	c.lives.grant(grant.Life)
	if missing := c.missing(grant); len(missing) > 0 {
		c.refuse(ctx, a.User, "missing_scopes", fmt.Sprint(missing))
		return Connection{}, &Error{Kind: ErrMissingScopes, Err: fmt.Errorf("not granted: %v", missing)}
	}
	r := &store.Record{Key: store.Key{User: a.User, ID: a.Connection}, Label: a.Label}
	if a.Connection == "" {
		r.ID = rand.Text()
		c.connected(r, grant)
		err = c.store.Create(ctx, r, c.cfg.MaxPerUser)
	} else {
		err = c.store.Update(ctx, r.Key, func(_ context.Context, on *store.Record) error {
			c.connected(on, grant)
			*r = *on
			return nil
		})
	}
	switch {
	case errors.Is(err, store.ErrFull):
		return Connection{}, ErrTooMany
	case err != nil:
		return Connection{}, c.notFound(ctx, err, ErrNotConnected)
	}
	c.changed(ctx, event.AccountConnected, slog.LevelInfo, r.Key, fmt.Sprint("scopes ", r.Scopes))
	return newConnection(r), nil
}

// connected writes a new grant into r.
func (c *Connections) connected(r *store.Record, grant *matterport.OAuthToken) {
	r.Connected, r.Refreshed = c.cfg.Now(), time.Time{}
	r.Scopes = grant.Scopes
	if grant.Scopes == nil {
		r.Scopes = c.app.Scopes()
	}
	r.RefreshToken, r.AccessToken, r.ValidUntil = grant.RefreshToken, grant.AccessToken, grant.ValidUntil
}

// missing lists what the application asks for and has not been granted, as far as Matterport says.
func (c *Connections) missing(grant *matterport.OAuthToken) []matterport.Scope {
	if grant.Scopes == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(c.app.Scopes()), func(s matterport.Scope) bool { return slices.Contains(grant.Scopes, s) })
}
