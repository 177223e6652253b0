package tokens

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"github.com/go-pme/pme/fleet/internal/member"
	"github.com/go-pme/pme/fleet/internal/redis"
	"github.com/go-pme/pme/fleet/internal/script"
	"github.com/go-pme/pme/issuer/store"
)

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
