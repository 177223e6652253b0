// Package tokens is the store of live tokens that a fleet shares.
package tokens

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"github.com/go-pme/pme/fleet/internal/member"
	"github.com/go-pme/pme/fleet/internal/redis"
	"github.com/go-pme/pme/fleet/internal/script"
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
	unsure    unsure
}

var (
	_ store.Store    = (*Store)(nil)
	_ store.Notifier = (*Store)(nil)
	_ store.Awaiter  = (*Store)(nil)
	_ store.Deleter  = (*Store)(nil)
	_ store.Hinter   = (*Store)(nil)
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

// Get implements [store.Store]. Under a lease, what is cached takes no call to Redis.
func (s *Store) Get(ctx context.Context, key store.Key, mark store.Mark) (*store.Entry, error) {
	if now := time.Now(); s.member.LeasedAt(now) {
		if e, known := s.cache.find(key, now); known {
			switch current := s.member.AppliedText(); {
			case string(mark) == current:
				return e, nil
			case !s.cache.revokedSince(key, member.ParsePosition(string(mark)), s.member.Applied()):
				return e, nil
			}
		}
	}
	return s.reads.do(ctx, read{key, mark}, func() (*store.Entry, error) { return s.fetch(ctx, key, mark) })
}

// fetch reads from the store.
func (s *Store) fetch(ctx context.Context, key store.Key, mark store.Mark) (*store.Entry, error) {
	n := s.member.Names()
	if n == nil {
		return nil, redis.ErrDown
	}
	p := s.place(n, key)
	begun := time.Now()
	verdict, rest, err := s.cfg.Conn.Run(ctx, script.Get, append([]string{s.cfg.Space.Fleet(), p.token}, p.generations...), []string{string(mark)})
	if err != nil {
		return nil, err
	}
	switch texts, err := redis.Strings(rest); {
	case err != nil:
		return nil, err
	case verdict == "revoked":
		return nil, store.ErrClaimLost
	case verdict == "none":
		return nil, nil //nolint:nilnil // as the contract says
	case verdict == "ok" && len(texts) == 3:
		return s.fetched(ctx, key, begun, texts)
	}
	return nil, fmt.Errorf("fleet: get answers %q", verdict)
}

var errForeign = errors.New("fleet: Redis has the token of another key")

func (s *Store) fetched(ctx context.Context, key store.Key, begun time.Time, texts []string) (*store.Entry, error) {
	left, err := strconv.ParseInt(texts[1], 10, 64)
	if err != nil {
		return nil, fmt.Errorf("fleet: get answers with something else: %w", err)
	}
	ends := begun.Add(time.Duration(left)*time.Millisecond - stay)
	if !ends.After(time.Now()) {
		return nil, nil //nolint:nilnil // its time is over
	}
	e, err := s.open(texts[2])
	if err == nil && e.Key != key {
		err = errForeign
	}
	if err != nil { // a new one takes its place
		s.cfg.Logger.LogAttrs(ctx, slog.LevelWarn, "stored token passed over", slog.Any("error", err))
		return nil, nil //nolint:nilnil // there is none that counts
	}
	if s.cache.isDead(e, claimedAt(texts[2]), s.member.History()) {
		return nil, nil //nolint:nilnil // it was revoked, which a fail-over has lost
	}
	s.cache.fill(e, ends, member.ParsePosition(texts[0]), s.member.Applied())
	return e, nil
}

// Claim implements [store.Store].
func (s *Store) Claim(ctx context.Context, key store.Key, mark store.Mark, ttl time.Duration) (store.Claim, error) {
	n := s.member.Names()
	if n == nil {
		return "", redis.ErrDown
	}
	p := s.place(n, key)
	verdict, id, err := s.claim(ctx, p, mark, ttl)
	if err == nil && (verdict == "user full" || verdict == "full") {
		if err := s.prune(ctx, p, verdict); err != nil {
			return "", err
		}
		verdict, id, err = s.claim(ctx, p, mark, ttl)
	}
	if err != nil {
		return "", err
	}
	// Who wants to mint found the token too old. If another replica has put a newer one, the next Get has to find it.
	s.cache.forgetKey(key)
	switch verdict {
	case "ok":
		return store.Claim(id), nil
	case "revoked":
		return "", store.ErrClaimLost
	case "claimed":
		return "", store.ErrClaimed
	case "user full":
		return "", store.ErrUserFull
	case "full":
		return "", store.ErrFull
	}
	return "", fmt.Errorf("fleet: claim answers %q", verdict)
}

// claim asks once. A claim that this process has seen for its time is replaced.
func (s *Store) claim(ctx context.Context, p place, mark store.Mark, ttl time.Duration) (verdict, id string, err error) {
	id = rand.Text()[:16]
	keys := append([]string{s.cfg.Space.Fleet(), p.claim, p.user, p.all}, p.generations...)
	verdict, rest, err := s.cfg.Conn.Run(ctx, script.Claim, keys, []string{
		string(mark), id, milliseconds(max(10*ttl, time.Minute)), p.claimed,
		strconv.Itoa(s.cfg.MaxPerUser), strconv.Itoa(s.cfg.MaxEntries), s.claims.over(p.name),
		itoa(time.Now().Add(generationLife).UnixMilli()), milliseconds(ttl),
	})
	if err != nil {
		return "", "", err
	}
	if verdict != "claimed" {
		s.claims.forget(p.name)
		return verdict, id, nil
	}
	held, err := redis.Strings(rest)
	if err != nil || len(held) != 2 {
		return "", "", fmt.Errorf("fleet: claim answers with something else: %w", err)
	}
	life, err := strconv.ParseInt(held[1], 10, 64)
	if err != nil {
		return "", "", fmt.Errorf("fleet: claim answers with something else: %w", err)
	}
	s.claims.saw(p.name, held[0], time.Duration(life)*time.Millisecond)
	return verdict, "", nil
}

// Put implements [store.Store].
func (s *Store) Put(ctx context.Context, c store.Claim, e *store.Entry, ttl time.Duration) error {
	n := s.member.Names()
	if n == nil {
		return redis.ErrDown
	}
	sealed, err := s.seal(e)
	if err != nil {
		return err
	}
	p := s.place(n, e.Key)
	keys := append([]string{s.cfg.Space.Fleet(), p.claim, p.token, s.owner(n, e.Token), p.user, p.all}, p.models...)
	begun := time.Now()
	// What has expired is removed an hour late, on Matterport's clock as this process knows it.
	old := e.ValidUntil.Add(-ttl - time.Hour).UnixMilli()
	verdict, rest, err := s.cfg.Conn.Run(ctx, script.Put, append(keys, p.generations...), []string{
		string(c), rand.Text()[:16], strconv.FormatInt(e.ValidUntil.UnixMilli(), 10), sealed, milliseconds(ttl + stay), p.name, p.claimed,
		strconv.FormatInt(old, 10), strconv.Itoa(len(p.models)), p.user, s.cfg.Space.Channel(),
	})
	switch {
	case err != nil:
		return err
	case verdict == "void":
		return store.ErrClaimLost
	case verdict != "ok" || len(rest) != 1:
		return fmt.Errorf("fleet: put answers %q", verdict)
	}
	at, err := redis.Text(&rest[0])
	if err != nil {
		return err
	}
	s.cache.fill(e, begun.Add(ttl), member.ParsePosition(at), s.member.Applied())
	return nil
}

// Release implements [store.Store].
func (s *Store) Release(ctx context.Context, key store.Key, c store.Claim) error {
	n := s.member.Names()
	if n == nil {
		return redis.ErrDown
	}
	p := s.place(n, key)
	_, _, err := s.cfg.Conn.Run(ctx, script.Release, []string{s.cfg.Space.Fleet(), p.claim, p.user, p.all},
		[]string{string(c), p.claimed, s.cfg.Space.Channel(), p.name})
	return err
}

// Await implements [store.Awaiter].
func (s *Store) Await(key store.Key) (put <-chan struct{}, leave func()) {
	n := s.member.Names()
	if n == nil {
		return nil, func() {}
	}
	return s.member.Await(s.place(n, key).name)
}

// Hint implements [store.Hinter].
func (s *Store) Hint(topic, text string) { s.member.Hint(topic, text) }

// OnHint implements [store.Hinter].
func (s *Store) OnHint(topic string, f func(text string)) (stop func()) {
	return s.member.OnHint(topic, f)
}
