package tokens

import (
	"context"
	"crypto/rand"
	"fmt"
	"strconv"
	"time"

	"github.com/go-pme/pme/fleet/internal/member"
	"github.com/go-pme/pme/fleet/internal/redis"
	"github.com/go-pme/pme/fleet/internal/script"
	"github.com/go-pme/pme/issuer/store"
)

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
