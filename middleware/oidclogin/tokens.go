package oidclogin

import (
	"context"
	"fmt"
	"time"

	"github.com/go-pme/pme/middleware/oidclogin/internal/sealed"
)

// savedTokens are a session's tokens in the store, with KeepTokens.
type savedTokens struct {
	refresh string
	idToken string
	latest  signIn // the session as it was last renewed, for requests with an older cookie
}

func (k *savedTokens) AppendTo(b []byte) []byte {
	b = sealed.AppendText(sealed.AppendText(b, k.refresh), k.idToken)
	return sealed.AppendText(b, string(k.latest.AppendTo(nil)))
}

func (k *savedTokens) Parse(b []byte) error {
	f := sealed.NewFields(b)
	parsed := savedTokens{refresh: f.Text(), idToken: f.Text()}
	latest := f.Text()
	if err := f.Done(); err != nil {
		return err
	}
	if err := parsed.latest.Parse([]byte(latest)); err != nil {
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
	value := s.seals.Seal("tokens/"+session, k)
	left := time.Unix(k.latest.began, 0).Add(s.cfg.Lifetime).Sub(s.cfg.Now())
	if left <= 0 {
		return nil
	}
	if err := s.cfg.Store.Save(ctx, s.names.tokens(session), []byte(value), left); err != nil {
		return fmt.Errorf("oidclogin: the store does not save the tokens: %w", err)
	}
	return nil
}

// loadTokens returns the tokens of a session, and false if there are none or they do not open.
func (s *sessions) loadTokens(ctx context.Context, session string) (k savedTokens, ok bool, err error) {
	if !s.cfg.KeepTokens {
		return k, false, nil
	}
	value, err := s.cfg.Store.Load(ctx, s.names.tokens(session))
	if err != nil {
		return k, false, fmt.Errorf("oidclogin: the store does not load the tokens: %w", err)
	}
	if s.seals.Open("tokens/"+session, string(value), &k) != nil {
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
