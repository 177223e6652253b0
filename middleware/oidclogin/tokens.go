package oidclogin

import (
	"context"
	"fmt"
	"time"
)

// savedTokens are a session's tokens in the store, with KeepTokens.
type savedTokens struct {
	refresh string
	idToken string
	latest  signIn // the session as it was last renewed, for requests with an older cookie
}

func (k *savedTokens) appendTo(b []byte) []byte {
	b = appendText(appendText(b, k.refresh), k.idToken)
	return appendText(b, string(k.latest.appendTo(nil)))
}

func (k *savedTokens) parse(b []byte) error {
	f := fields{rest: string(b)}
	parsed := savedTokens{refresh: f.text(), idToken: f.text()}
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

// keepTokens saves the tokens of a new session, with KeepTokens.
func (s *sessions) keepTokens(ctx context.Context, in *signIn, v *verified) error {
	if !s.cfg.KeepTokens {
		return nil
	}
	if v.token.RefreshToken != "" {
		in.renewAt = s.renewalTime(v.token)
	}
	return s.saveTokens(ctx, &savedTokens{refresh: v.token.RefreshToken, idToken: v.raw, latest: *in})
}

func (s *sessions) saveTokens(ctx context.Context, k *savedTokens) error {
	session := k.latest.session()
	sealed, err := s.seals.seal("tokens/"+session, k)
	if err != nil {
		return fmt.Errorf("oidclogin: sealing the tokens: %w", err)
	}
	left := time.Unix(k.latest.began, 0).Add(s.cfg.Lifetime).Sub(s.cfg.Now())
	if left <= 0 {
		return nil
	}
	if err := s.cfg.Store.Save(ctx, s.names.tokens(session), []byte(sealed), left); err != nil {
		return fmt.Errorf("oidclogin: the store does not save the tokens: %w", err)
	}
	return nil
}

// loadTokens returns the tokens of a session, and false if there are none or they do not open.
func (s *sessions) loadTokens(ctx context.Context, session string) (k savedTokens, ok bool, err error) {
	if !s.cfg.KeepTokens {
		return k, false, nil
	}
	sealed, err := s.cfg.Store.Load(ctx, s.names.tokens(session))
	if err != nil {
		return k, false, fmt.Errorf("oidclogin: the store does not load the tokens: %w", err)
	}
	if s.seals.open("tokens/"+session, string(sealed), &k) != nil {
		return k, false, nil
	}
	return k, k.latest.session() == session, nil
}

func (s *sessions) deleteTokens(ctx context.Context, session string) error {
	if err := s.cfg.Store.Delete(ctx, s.names.tokens(session)); err != nil {
		return fmt.Errorf("oidclogin: the store does not delete the tokens: %w", err)
	}
	return nil
}
