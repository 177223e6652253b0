// Package sessions is the store of logins that a fleet shares.
package sessions

import (
	"context"
	"strings"
	"time"

	"github.com/go-pme/pme/fleet/internal/member"
	"github.com/go-pme/pme/fleet/internal/redis"
	"github.com/go-pme/pme/fleet/internal/vault"
	"github.com/go-pme/pme/health"
	"github.com/go-pme/pme/middleware/oidclogin/store"
)

// patience is how long a call waits for what the other replicas remember. It is longer than it takes at the default lease.
const patience = 3 * time.Second

// Config configures a Store. All fields are required.
type Config struct {
	Conn  *redis.Conn
	Space member.Space
	Keys  *vault.Keys
}

// A Store implements [store.Store]. Call Use before anything else.
type Store struct {
	cfg    Config
	member *member.Member
	cache  *cache
}

var (
	_ store.Store     = (*Store)(nil)
	_ store.Spender   = (*Store)(nil)
	_ member.Cache    = (*cache)(nil)
	_ health.Reporter = (*Store)(nil)
)

// New returns a Store that is not in use yet.
func New(cfg Config) *Store { return &Store{cfg: cfg, cache: newCache()} }

// Cache is what a member has to tell what is revoked.
func (s *Store) Cache() member.Cache { return s.cache }

// Use sets the member that this process is.
func (s *Store) Use(m *member.Member) { s.member = m }

// HealthParts implements [health.Reporter].
func (s *Store) HealthParts() []health.Part { return s.member.HealthParts() }

func (s *Store) names() (*vault.Names, error) {
	if n := s.member.Names(); n != nil {
		return n, nil
	}
	return nil, redis.ErrDown
}

// Position implements [revocation.Store].
func (s *Store) Position(ctx context.Context) (string, error) {
	n, err := s.names()
	if err != nil {
		return "", err
	}
	if s.member.Leased() {
		return signed(s.cfg.Keys, s.member.AppliedText()), nil
	}
	at, _, _, err := s.read(ctx, n, nil)
	if err != nil {
		return "", err
	}
	return signed(s.cfg.Keys, at.String()), nil
}

// signed adds what tells a position of this fleet from everything else.
func signed(k *vault.Keys, position string) string { return position + "." + k.Sign(position) }

// verified returns the zero position for one that is not of this fleet. The operator's keys tell it: the key of the names may be
// another one after the store has lost its content.
func verified(k *vault.Keys, position string) member.Position {
	i := strings.LastIndexByte(position, '.')
	if i < 0 || !k.Signed(position[:i], position[i+1:]) {
		return member.Position{}
	}
	return member.ParsePosition(position[:i])
}

// Revoke implements [revocation.Store].
func (s *Store) Revoke(ctx context.Context, name string, ttl time.Duration) error {
	return s.revoke(ctx, &member.Record{Session: name, Life: life(ttl)})
}

// RevokeIssued implements [revocation.Store].
func (s *Store) RevokeIssued(ctx context.Context, name string, until time.Time, ttl time.Duration) error {
	at := until.UnixMilli()
	if at == 0 {
		at = 1 // zero means that there is none
	}
	return s.revoke(ctx, &member.Record{Session: name, Until: at, Life: life(ttl)})
}

func (s *Store) revoke(ctx context.Context, r *member.Record) error {
	at, err := s.member.Revoke(ctx, r)
	if err != nil {
		return err
	}
	return s.member.Settle(ctx, at)
}

// life is in milliseconds, and at least one.
func life(ttl time.Duration) int64 { return max(ttl.Milliseconds(), 1) }
