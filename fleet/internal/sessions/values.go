package sessions

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	"github.com/redis/rueidis"

	"github.com/go-pme/pme/fleet/internal/limit"
	"github.com/go-pme/pme/fleet/internal/redis"
	"github.com/go-pme/pme/fleet/internal/vault"
)

// Once implements [store.Store]. The value tells whether it was this call that has used the name: it may be sent twice.
func (s *Store) Once(ctx context.Context, name string, ttl time.Duration) (bool, error) {
	n, err := s.names()
	if err != nil {
		return false, err
	}
	key, own := s.cfg.Space.Of("o", n.Of("once", name)), rand.Text()
	answer, err := s.cfg.Conn.Do(ctx, func(b rueidis.Builder) rueidis.Completed {
		return b.Set().Key(key).Value(own).Nx().PxMilliseconds(life(ttl)).Build()
	})
	if err != nil || !answer.IsNil() {
		return err == nil, err
	}
	answer, err = s.cfg.Conn.Do(ctx, func(b rueidis.Builder) rueidis.Completed { return b.Get().Key(key).Build() })
	if err != nil {
		return false, err
	}
	text, err := redis.Text(&answer)
	return text == own, err
}

// Spend implements [store.Spender].
func (s *Store) Spend(ctx context.Context, name string, burst int, every time.Duration) (time.Duration, error) {
	n, err := s.names()
	if err != nil {
		return 0, err
	}
	return limit.Spend(ctx, s.cfg.Conn, s.cfg.Space, n, name, burst, every)
}

func (s *Store) value(n *vault.Names, name string) string {
	return s.cfg.Space.Of("v", n.Of("value", name))
}

// purpose binds a sealed value to its name.
func purpose(name string) string { return "value " + name }

// Save implements [store.Store].
func (s *Store) Save(ctx context.Context, name string, value []byte, ttl time.Duration) error {
	n, err := s.names()
	if err != nil {
		return err
	}
	sealed := s.cfg.Keys.Seal(purpose(name), value)
	_, err = s.cfg.Conn.Do(ctx, func(b rueidis.Builder) rueidis.Completed {
		return b.Set().Key(s.value(n, name)).Value(sealed).PxMilliseconds(life(ttl)).Build()
	})
	return err
}

// Load implements [store.Store].
func (s *Store) Load(ctx context.Context, name string) ([]byte, error) {
	n, err := s.names()
	if err != nil {
		return nil, err
	}
	answer, err := s.cfg.Conn.Do(ctx, func(b rueidis.Builder) rueidis.Completed { return b.Get().Key(s.value(n, name)).Build() })
	if err != nil || answer.IsNil() {
		return nil, err
	}
	sealed, err := redis.Text(&answer)
	if err != nil {
		return nil, err
	}
	value, err := s.cfg.Keys.Open(purpose(name), sealed)
	if errors.Is(err, vault.ErrOtherKey) {
		return nil, nil // its key is retired, which is as if it had been dropped
	}
	return value, err
}

// Delete implements [store.Store].
func (s *Store) Delete(ctx context.Context, name string) error {
	n, err := s.names()
	if err != nil {
		return err
	}
	_, err = s.cfg.Conn.Do(ctx, func(b rueidis.Builder) rueidis.Completed { return b.Del().Key(s.value(n, name)).Build() })
	return err
}
