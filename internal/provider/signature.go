package provider

import (
	"context"
	"errors"
	"net"

	"github.com/coreos/go-oidc/v3/oidc"
)

// A Signature is the key set for one verification, and remembers what became of the token's signature.
// go-oidc makes one text of everything that may go wrong with a token, so that a provider which does not
// answer could not be told from a forged token.
type Signature struct {
	Keys oidc.KeySet

	// Good says that one of the keys has signed the token.
	Good bool

	// Unavailable is the error if the keys could not be had, or not yet: the token was not judged.
	Unavailable error
}

// KeysFailed returns the error if the keys could not be had. A token that names an unknown key does not cause one:
// anyone can send it.
func (s *Signature) KeysFailed() error {
	if errors.Is(s.Unavailable, ErrTooSoon) {
		return nil
	}
	return s.Unavailable
}

// Screen is that of [Keys], and lets everything through if the keys are others.
func (s *Signature) Screen(ctx context.Context, token string, algorithms []string) error {
	keys, ok := s.Keys.(*Keys)
	if !ok {
		return nil
	}
	err := keys.Screen(ctx, token, algorithms)
	s.note(err)
	return err
}

// VerifySignature implements [oidc.KeySet].
func (s *Signature) VerifySignature(ctx context.Context, token string) ([]byte, error) {
	payload, err := s.Keys.VerifySignature(ctx, token)
	s.Good = err == nil
	s.note(err)
	return payload, err //nolint:wrapcheck // go-oidc is to see what it would have seen
}

func (s *Signature) note(err error) {
	var network net.Error
	if errors.Is(err, ErrKeys) || errors.Is(err, ErrTooSoon) || errors.Is(err, context.Canceled) || errors.As(err, &network) {
		s.Unavailable = err
	}
}
