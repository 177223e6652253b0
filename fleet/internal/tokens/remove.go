package tokens

import (
	"context"
	"errors"
	"sync"

	"github.com/go-pme/pme/fleet/internal/redis"
	"github.com/go-pme/pme/fleet/internal/script"
	"github.com/go-pme/pme/fleet/internal/vault"
	"github.com/go-pme/pme/issuer/store"
)

// removers is how many keys are removed from at once: their calls go to Redis together.
const removers = 64

// removeFrom removes those that are meant.
func (s *Store) removeFrom(ctx context.Context, n *vault.Names, all []tokensOf, meant func(string, *store.Entry) bool) ([]*store.Entry, error) {
	var (
		mu   sync.Mutex // guards what follows
		gone []*store.Entry
		errs []error
	)
	work := make(chan tokensOf)
	var busy sync.WaitGroup
	for range min(removers, len(all)) {
		busy.Go(func() {
			for tokens := range work {
				removed, err := s.removeOf(ctx, n, tokens, meant)
				mu.Lock()
				gone, errs = append(gone, removed...), append(errs, err)
				mu.Unlock()
			}
		})
	}
	for _, tokens := range all {
		work <- tokens
	}
	close(work)
	busy.Wait()
	return gone, errors.Join(errs...)
}

// removeOf removes those tokens of one key that are meant.
func (s *Store) removeOf(ctx context.Context, n *vault.Names, tokens tokensOf, meant func(string, *store.Entry) bool) ([]*store.Entry, error) {
	entries := make(map[string]*store.Entry)
	var p place
	args := []string{s.member.ID(), milliseconds(generationLife), tokens.name}
	for id, value := range tokens.values {
		e, err := s.open(value)
		if errors.Is(err, vault.ErrOtherKey) {
			continue // its key is retired: no replica can give it
		}
		if err != nil {
			return nil, err
		}
		if meant(value, e) {
			entries[id], p = e, s.place(n, e.Key)
			args = append(args, id, tokenName(n, e.Token))
		}
	}
	if len(entries) == 0 {
		return nil, nil
	}
	keys := append([]string{s.cfg.Space.Fleet(), p.token, s.cfg.Space.Owners(), s.cfg.Space.Deletions(s.member.ID()), p.user, p.all}, p.models...)
	_, rest, err := s.cfg.Conn.RunOnce(ctx, script.Remove, keys, args)
	if err != nil {
		s.orphans.setAgain(true) // they may have been removed
		return nil, err
	}
	ids, err := redis.Strings(rest)
	if err != nil {
		return nil, err
	}
	var gone []*store.Entry
	for _, id := range ids {
		gone = append(gone, entries[id])
	}
	return gone, nil
}
