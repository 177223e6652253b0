package tokens

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/go-pme/pme/issuer/store"
	"github.com/go-pme/pme/matterport"
)

// Test stores a token of a user that does not exist, revokes it, and sees that it is revoked. An error of the server, such
// as a right that is missing, is returned.
func (s *Store) Test(ctx context.Context) error {
	id := rand.Text()
	key := store.Key{User: "test " + id, Models: "test"}
	mark := s.Mark()
	claim, err := s.Claim(ctx, key, mark, time.Minute)
	if err != nil {
		return fmt.Errorf("fleet: testing the store of tokens: %w", err)
	}
	e := &store.Entry{Key: key, Token: matterport.Secret(id), ValidUntil: time.Now().Add(time.Minute)}
	if err := errors.Join(s.Put(ctx, claim, e, time.Minute), s.Release(ctx, key, claim)); err != nil {
		return fmt.Errorf("fleet: testing the store of tokens: %w", err)
	}
	// It does not wait for the other replicas: none has heard of the user.
	at, err := s.revoke(ctx, store.Selector{User: key.User})
	if err != nil {
		return fmt.Errorf("fleet: testing the store of tokens: %w", err)
	}
	if _, err := s.fetch(ctx, key, mark); !errors.Is(err, store.ErrClaimLost) {
		return fmt.Errorf("fleet: testing the store of tokens: a revoked token is not refused: %w", err)
	}
	n := s.member.Names()
	gone, err := s.collectRevoked(ctx, n, store.Selector{User: key.User}, at)
	if err = errors.Join(err, s.Deleted(ctx, gone...)); err != nil {
		return fmt.Errorf("fleet: testing the store of tokens: %w", err)
	}
	return nil
}
