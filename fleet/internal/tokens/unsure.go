package tokens

import (
	"context"
	"slices"
	"sync"

	"github.com/redis/rueidis"

	"github.com/go-pme/pme/fleet/internal/redis"
	"github.com/go-pme/pme/fleet/internal/vault"
	"github.com/go-pme/pme/issuer/store"
)

// unsure are entries that a call was to remove which was not answered.
type unsure struct {
	mu      sync.Mutex // guards what follows
	entries []*store.Entry
}

func (u *unsure) add(entries ...*store.Entry) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.entries = append(u.entries, entries...)
}

func (u *unsure) take() []*store.Entry {
	u.mu.Lock()
	defer u.mu.Unlock()
	all := u.entries
	u.entries = nil
	return all
}

// resolve has those deleted at Matterport that were removed after all.
func (s *Store) resolve(ctx context.Context, n *vault.Names) error {
	var failed error
	for some := range slices.Chunk(s.unsure.take(), page) {
		removed, err := s.toDelete(ctx, n, some)
		if err != nil {
			s.unsure.add(some...)
			failed = err
		}
		s.orphans.found(removed)
	}
	return failed
}

// toDelete returns the entries that this process has to delete.
func (s *Store) toDelete(ctx context.Context, n *vault.Names, entries []*store.Entry) (out []*store.Entry, err error) {
	answer, err := s.cfg.Conn.Do(ctx, func(b rueidis.Builder) rueidis.Completed {
		return b.Hmget().Key(s.cfg.Space.Deletions(s.member.ID())).Field(tokenNames(n, entries)...).Build()
	})
	if err != nil {
		return nil, err
	}
	values, err := answer.ToArray()
	if err != nil || len(values) != len(entries) {
		return nil, redis.ErrDown
	}
	for i := range values {
		if !values[i].IsNil() {
			out = append(out, entries[i])
		}
	}
	return out, nil
}
