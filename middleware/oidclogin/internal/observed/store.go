// Package observed notes for package health how the store of a login does.
package observed

import (
	"context"
	"time"

	"github.com/go-pme/pme/health"
	"github.com/go-pme/pme/internal/condition"
	"github.com/go-pme/pme/middleware/oidclogin/store"
	"github.com/go-pme/pme/middleware/revocation"
)

// failing is what probes that need no credential show.
const failing = health.Degraded("the store of the login fails")

// A Store notes how the calls of the store in it go.
type Store struct {
	store.Store
	Condition condition.Condition
}

func (s *Store) note(ctx context.Context, err error) {
	if !condition.Reports(s.Store) {
		s.Condition.Note(ctx, err, failing)
	}
}

// Position implements [revocation.Store].
func (s *Store) Position(ctx context.Context) (string, error) {
	position, err := s.Store.Position(ctx)
	s.note(ctx, err)
	return position, err
}

// Revoke implements [revocation.Store].
func (s *Store) Revoke(ctx context.Context, name string, ttl time.Duration) error {
	err := s.Store.Revoke(ctx, name, ttl)
	s.note(ctx, err)
	return err
}

// RevokeIssued implements [revocation.Store].
func (s *Store) RevokeIssued(ctx context.Context, name string, until time.Time, ttl time.Duration) error {
	err := s.Store.RevokeIssued(ctx, name, until, ttl)
	s.note(ctx, err)
	return err
}

// Revoked implements [revocation.Store].
func (s *Store) Revoked(ctx context.Context, session revocation.Session) (bool, error) {
	revoked, err := s.Store.Revoked(ctx, session)
	s.note(ctx, err)
	return revoked, err
}

// Once implements [store.Store].
func (s *Store) Once(ctx context.Context, name string, ttl time.Duration) (bool, error) {
	first, err := s.Store.Once(ctx, name, ttl)
	s.note(ctx, err)
	return first, err
}

// Save implements [store.Store].
func (s *Store) Save(ctx context.Context, name string, value []byte, ttl time.Duration) error {
	err := s.Store.Save(ctx, name, value, ttl)
	s.note(ctx, err)
	return err
}

// Load implements [store.Store].
func (s *Store) Load(ctx context.Context, name string) ([]byte, error) {
	value, err := s.Store.Load(ctx, name)
	s.note(ctx, err)
	return value, err
}

// Delete implements [store.Store].
func (s *Store) Delete(ctx context.Context, name string) error {
	err := s.Store.Delete(ctx, name)
	s.note(ctx, err)
	return err
}
