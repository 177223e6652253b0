// Package tokens is the store of live tokens that a fleet shares.
package tokens

import (
	"context"
	"log/slog"
	"time"

	"github.com/go-pme/pme/fleet/internal/limit"
	"github.com/go-pme/pme/fleet/internal/member"
	"github.com/go-pme/pme/fleet/internal/redis"
	"github.com/go-pme/pme/fleet/internal/vault"
	"github.com/go-pme/pme/health"
	"github.com/go-pme/pme/issuer/store"
)

const (
	// stay is how much longer than it lives a token is stored. The time to live is measured by the clock of Redis: if
	// that is set forward, a token can still be revoked.
	stay = 15 * time.Minute

	// generationLife is how long a revocation counts: longer than every token lives.
	generationLife = 25 * time.Hour
)

// Config configures a Store. All fields are required.
type Config struct {
	Conn       *redis.Conn
	Space      member.Space
	Keys       *vault.Keys
	MaxEntries int
	MaxPerUser int
	Lease      time.Duration
	Logger     *slog.Logger
}

// A Store implements [store.Store]. Call Use before anything else.
type Store struct {
	cfg    Config
	member *member.Member
	cache  *cache
	claims claims
	reads  reads

	listeners Listeners
	singles   singles
	orphans   orphans
}

var (
	_ store.Store    = (*Store)(nil)
	_ store.Notifier = (*Store)(nil)
	_ store.Awaiter  = (*Store)(nil)
	_ store.Deleter  = (*Store)(nil)
	_ store.Hinter   = (*Store)(nil)
	_ store.Spender  = (*Store)(nil)
	_ member.Cache   = (*cache)(nil)

	_ health.Reporter = (*Store)(nil)
)

// New returns a Store that is not in use yet.
func New(cfg Config) *Store {
	s := &Store{cfg: cfg, cache: newCache(), listeners: Listeners{logger: cfg.Logger}}
	s.claims.init()
	s.reads.init()
	s.singles.init()
	s.orphans.init()
	return s
}

// Caches are what a member has to tell what is revoked.
func (s *Store) Caches() []member.Cache { return []member.Cache{s.cache, &s.singles} }

// Use sets the member that this process is.
func (s *Store) Use(m *member.Member) {
	s.member = m
	m.Go(s.again)
	m.Go(s.adoption)
}

// HealthParts implements [health.Reporter].
func (s *Store) HealthParts() []health.Part { return s.member.HealthParts() }

// Mark implements [store.Store].
func (s *Store) Mark() store.Mark { return store.Mark(s.member.AppliedText()) }

// Await implements [store.Awaiter].
func (s *Store) Await(key store.Key) (put <-chan struct{}, leave func()) {
	n := s.member.Names()
	if n == nil {
		return nil, func() {}
	}
	return s.member.Await(s.place(n, key).name)
}

// Spend implements [store.Spender].
func (s *Store) Spend(ctx context.Context, name string, burst int, every time.Duration) (time.Duration, error) {
	n := s.member.Names()
	if n == nil {
		return 0, redis.ErrDown
	}
	return limit.Spend(ctx, s.cfg.Conn, s.cfg.Space, n, name, burst, every)
}

// Hint implements [store.Hinter].
func (s *Store) Hint(topic, text string) { s.member.Hint(topic, text) }

// OnHint implements [store.Hinter].
func (s *Store) OnHint(topic string, f func(text string)) (stop func()) {
	return s.member.OnHint(topic, f)
}
