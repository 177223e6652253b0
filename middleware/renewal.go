package middleware

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

const (
	// A session is renewed when the provider's access token runs out, but within these bounds; after a
	// failure it is tried again a minute later.
	minRenewal = time.Minute
	maxRenewal = time.Hour

	// renewalTime is how long a renewal may take, and renewalPatience how long a request waits for one
	// before it goes on with what the cookie says.
	renewalTime     = 30 * time.Second
	renewalPatience = 3 * time.Second
)

// keptTokens is what the store has of a session if tokens are kept.
type keptTokens struct {
	refresh string
	idToken string
	latest  signIn // the session as it was last renewed, for requests with an older cookie
}

func (k *keptTokens) appendTo(b []byte) []byte {
	b = appendText(appendText(b, k.refresh), k.idToken)
	return appendText(b, string(k.latest.appendTo(nil)))
}

func (k *keptTokens) parse(b []byte) error {
	f := fields{rest: string(b)}
	parsed := keptTokens{refresh: f.text(), idToken: f.text()}
	latest := f.text()
	if err := f.done(); err != nil {
		return err
	}
	if err := parsed.latest.parse([]byte(latest)); err != nil {
		return err
	}
	*k = parsed
	return nil
}

// keepTokens keeps the tokens of a new session, if the host wants that.
func (o *OIDC) keepTokens(ctx context.Context, s *signIn, v *verified) error {
	if !o.cfg.KeepTokens {
		return nil
	}
	if v.token.RefreshToken != "" {
		s.renewAt = o.renewalTime(v.token)
	}
	return o.saveTokens(ctx, &keptTokens{refresh: v.token.RefreshToken, idToken: v.raw, latest: *s})
}

func (o *OIDC) renewalTime(token *oauth2.Token) int64 {
	life := time.Duration(token.ExpiresIn) * time.Second
	if life <= 0 {
		life = maxRenewal
	}
	return o.cfg.Now().Add(min(max(life, minRenewal), maxRenewal)).Unix()
}

func (o *OIDC) saveTokens(ctx context.Context, k *keptTokens) error {
	session := k.latest.session()
	sealed, err := o.seals.seal("tokens/"+session, k)
	if err != nil {
		return fmt.Errorf("middleware: sealing the tokens: %w", err)
	}
	left := time.Unix(k.latest.began, 0).Add(o.cfg.Lifetime).Sub(o.cfg.Now())
	if left <= 0 {
		return nil
	}
	if err := o.cfg.Store.Set(ctx, o.storeKeys.tokens(session), []byte(sealed), left); err != nil {
		return fmt.Errorf("middleware: the store does not keep the tokens: %w", err)
	}
	return nil
}

func (o *OIDC) loadTokens(ctx context.Context, session string) (k keptTokens, ok bool, err error) {
	if !o.cfg.KeepTokens {
		return k, false, nil
	}
	values, err := o.cfg.Store.Get(ctx, o.storeKeys.tokens(session))
	if err != nil {
		return k, false, fmt.Errorf("middleware: the store does not give the tokens: %w", err)
	}
	if len(values) == 0 || o.seals.open("tokens/"+session, string(values[0]), &k) != nil {
		return k, false, nil
	}
	return k, k.latest.session() == session, nil
}

// renew returns the session as the provider vouches for it now, and whether it differs from s. It ends
// with an error only if the provider has refused; while that is in doubt, the session goes on.
func (o *OIDC) renew(ctx context.Context, s *signIn) (*signIn, bool, error) {
	done := o.flights.Do("renew/"+s.session(), renewalTime, func(ctx context.Context) error { return o.renewOnce(ctx, s) })
	select {
	case <-ctx.Done():
		return nil, false, ctx.Err()
	case <-time.After(renewalPatience):
		return s, false, nil
	case res := <-done:
		var reason nobody
		if errors.As(res.Err, &reason) {
			return nil, false, reason
		}
		if res.Err != nil {
			o.cfg.Logger.WarnContext(ctx, "session not renewed", slog.String("error", brief(res.Err)))
			return s, false, nil
		}
	}
	kept, ok, err := o.loadTokens(ctx, s.session())
	switch {
	case err != nil:
		return s, false, nil //nolint:nilerr // doubt about the renewal, not about the session
	case !ok: // nothing to renew it with, any more
		s.renewAt = 0
		return s, true, nil
	case kept.latest.renewAt <= s.renewAt: // another replica is at it
		return s, false, nil
	}
	kept.latest.seen = max(s.seen, kept.latest.seen)
	return &kept.latest, true, nil
}

// renewOnce renews the session in the store. One runs at a time for each session, in all replicas:
// providers take a refresh token that comes twice for a stolen one.
func (o *OIDC) renewOnce(ctx context.Context, s *signIn) error {
	claim := o.storeKeys.renewing(s.session())
	mine, err := o.cfg.Store.Add(ctx, claim, []byte{1}, renewalTime)
	if err != nil || !mine {
		return err
	}
	defer func() { _ = o.cfg.Store.Delete(context.WithoutCancel(ctx), claim) }() // it runs out by itself

	kept, ok, err := o.loadTokens(ctx, s.session())
	if err != nil || !ok || kept.latest.renewAt > o.cfg.Now().Unix() {
		return err
	}
	err = o.refresh(ctx, &kept)
	var refused *loginRefusal
	if errors.As(err, &refused) {
		o.cfg.Logger.InfoContext(ctx, "session ended by its renewal", slog.String("session", s.session()), slog.String("error", brief(err)))
		if err := o.endSession(ctx, s); err != nil {
			return err
		}
		o.tellSignOut(ctx, subjectID(o.cfg.Issuer, s.subject), s.session())
		return errEnded
	}
	if err != nil {
		kept.latest.renewAt = o.cfg.Now().Add(minRenewal).Unix()
		o.cfg.Logger.WarnContext(ctx, "session not renewed", slog.String("session", s.session()), slog.String("error", brief(err)))
	}
	return o.saveTokens(ctx, &kept)
}

// refresh brings kept up to date, as far as it got. An error that is a refusal is the provider's word
// that the session is over; any other is doubt.
func (o *OIDC) refresh(ctx context.Context, kept *keptTokens) error {
	p, err := o.discovery.provider(ctx)
	if err != nil {
		return err
	}
	ctx = oidc.ClientContext(ctx, o.client)
	token, err := p.oauth.TokenSource(ctx, &oauth2.Token{RefreshToken: kept.refresh}).Token()
	if err != nil {
		return exchangeError(err)
	}
	kept.refresh = token.RefreshToken
	if _, ok := token.Extra("id_token").(string); !ok { // optional (OpenID Connect Core 1.0 §12.2)
		kept.latest.renewAt = o.renewalTime(token)
		return nil
	}
	v, err := o.verify(ctx, p, token)
	if err != nil {
		return err
	}
	if v.Subject != kept.latest.subject {
		return fmt.Errorf("%w: it is somebody else's", errIDToken)
	}
	who, err := o.person(ctx, p, v)
	if err != nil {
		return err
	}
	kept.idToken = v.raw
	kept.latest.email, kept.latest.name, kept.latest.groups = who.email, who.name, who.groups
	kept.latest.renewAt = o.renewalTime(token)
	return nil
}
