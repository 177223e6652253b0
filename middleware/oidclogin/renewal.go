package oidclogin

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/go-pme/pme/internal/flight"
	"github.com/go-pme/pme/internal/provider"
	"github.com/go-pme/pme/middleware"
)

const (
	// A session is renewed when the provider's access token expires, but within these bounds. After a
	// failure it is tried again a minute later.
	minRenewal = time.Minute
	maxRenewal = time.Hour

	// renewalTime is how long a renewal may take, and renewalPatience how long a request waits for one
	// before it goes on with the content of its cookie.
	renewalTime     = 30 * time.Second
	renewalPatience = 3 * time.Second
)

// renew returns the session as the provider vouches for it now, and whether it differs from in. It fails
// only if the provider has refused, or the request has ended; after any other error the session goes on.
func (s *sessions) renew(ctx context.Context, in *signIn) (*signIn, bool, error) {
	renewal := s.flights.Do("renew/"+in.session(), renewalTime, func(ctx context.Context) error { return s.renewOnce(ctx, in) })
	done, err := flight.Wait(ctx, renewal, renewalPatience)
	switch {
	case !done && err != nil, errors.Is(err, middleware.ErrNotSignedIn):
		return nil, false, err
	case !done:
		return in, false, nil
	case err != nil:
		s.cfg.Logger.WarnContext(ctx, "session not renewed", slog.Any("error", err))
		return in, false, nil
	}
	saved, ok, err := s.loadTokens(ctx, in.session())
	switch {
	case err != nil:
		return in, false, nil //nolint:nilerr // the renewal is unknown, the session is not
	case !ok: // the tokens are lost
		in.renewAt = 0
		return in, true, nil
	case !saved.latest.isAfter(in): // another replica is renewing it
		return in, false, nil
	}
	saved.latest.seen, saved.latest.asked = max(in.seen, saved.latest.seen), in.asked
	return &saved.latest, true, nil
}

// isAfter reports whether in was renewed later than the session of a cookie.
func (in *signIn) isAfter(cookie *signIn) bool {
	return in.renewAt > cookie.renewAt || in.settled != cookie.settled || !in.rest.SameSet(cookie.rest)
}

// renewOnce renews the session in the store. One renewal runs at a time for each session, in all replicas:
// providers take a refresh token that comes twice for a stolen one. The claim to renew ends with the time
// for a renewal, so before the session is due again.
func (s *sessions) renewOnce(ctx context.Context, in *signIn) error {
	mine, err := s.cfg.Store.Once(ctx, s.names.renewing(in.session()), renewalTime)
	if err != nil || !mine {
		return err //nolint:wrapcheck // renew logs it
	}
	saved, ok, err := s.loadTokens(ctx, in.session())
	if err != nil || !ok || !s.isDue(&saved.latest, s.cfg.Now()) {
		return err
	}
	err = s.refresh(ctx, &saved)
	var refused *loginRefusal
	if errors.As(err, &refused) {
		s.cfg.Logger.InfoContext(ctx, "session ended by its renewal", slog.String("session", in.session()), slog.Any("error", err))
		if err := s.endSession(ctx, in); err != nil {
			return err
		}
		s.tellSignOut(ctx, provider.UserID(s.cfg.Issuer, in.subject), in.session(), "renewal_refused")
		return errEnded
	}
	if err != nil {
		saved.latest.renewAt = s.cfg.Now().Add(minRenewal).Unix()
		s.cfg.Logger.WarnContext(ctx, "session not renewed", slog.String("session", in.session()), slog.Any("error", err))
	}
	return s.saveTokens(ctx, &saved)
}

// refresh brings the tokens and the session up to date, as far as it gets. A [*loginRefusal] means that
// the provider has ended the session; after any other error it may go on.
func (s *sessions) refresh(ctx context.Context, saved *savedTokens) error {
	p, err := s.discovery.provider(ctx)
	if err != nil {
		return err
	}
	ctx = oidc.ClientContext(ctx, s.client)
	token, err := s.askForTokens(ctx, p, func(with *oauth2.Config) (*oauth2.Token, error) {
		return with.TokenSource(ctx, &oauth2.Token{RefreshToken: saved.refresh}).Token()
	}, saved.refresh)
	if err != nil {
		return err
	}
	saved.refresh = token.RefreshToken
	if _, ok := token.Extra("id_token").(string); !ok { // optional (OpenID Connect Core 1.0 §12.2)
		saved.latest.renewAt, saved.latest.settled = s.renewalTime(token), true
		return nil
	}
	v, err := s.verify(ctx, p, token)
	if err != nil {
		return err
	}
	if v.Subject != saved.latest.subject {
		return fmt.Errorf("%w: it is that of another user", errIDToken)
	}
	who, err := s.person(ctx, p, v, saved.latest.claims())
	if err != nil {
		return err
	}
	saved.idToken = v.raw
	saved.latest.email, saved.latest.name, saved.latest.sessionGroups = who.email, who.name, who.sessionGroups
	saved.latest.renewAt, saved.latest.settled = s.renewalTime(token), false
	return nil
}

// renewalTime returns when a session with that token is due.
func (s *sessions) renewalTime(token *oauth2.Token) int64 {
	life := time.Duration(token.ExpiresIn) * time.Second
	if life <= 0 {
		life = maxRenewal
	}
	return s.cfg.Now().Add(min(max(life, minRenewal), maxRenewal)).Unix()
}
