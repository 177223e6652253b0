package tokens

import (
	"context"
	"sync"
	"time"

	"github.com/go-pme/pme/fleet/internal/member"
	"github.com/go-pme/pme/fleet/internal/redis"
	"github.com/go-pme/pme/fleet/internal/vault"
	"github.com/go-pme/pme/issuer/store"
)

const (
	lately      = 10 * time.Minute // ago, a revocation may have been made that a fail-over loses
	mostSingles = 10_000
)

// singles remembers which single tokens were revoked lately. They have no generations that the member could announce: when
// revocations may have been lost, the tokens themselves are removed again. It implements [member.Cache].
type singles struct {
	renewed chan struct{}

	mu      sync.Mutex // guards what follows
	revoked map[store.Selector]time.Time
	epoch   string
}

func (s *singles) init() {
	s.renewed, s.revoked = make(chan struct{}, 1), make(map[store.Selector]time.Time)
}

// Apply implements [member.Cache].
func (s *singles) Apply(r *member.Record, _ uint64) {
	if r.Tokens == nil || r.Tokens.Token == "" {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.revoked) >= mostSingles {
		s.purge()
	}
	s.revoked[*r.Tokens] = time.Now()
}

// purge drops what is not of late, and if that is too little, some of the rest. It needs mu.
func (s *singles) purge() {
	for sel, at := range s.revoked {
		if time.Since(at) > lately {
			delete(s.revoked, sel)
		}
	}
	for sel := range s.revoked {
		if len(s.revoked) < mostSingles*9/10 {
			return
		}
		delete(s.revoked, sel)
	}
}

// Reset implements [member.Cache].
func (s *singles) Reset(joined member.Position) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.epoch != "" && s.epoch != joined.Epoch {
		select {
		case s.renewed <- struct{}{}:
		default: // it is about to be seen
		}
	}
	s.epoch = joined.Epoch
}

// recent returns the epoch, and what was revoked lately.
func (s *singles) recent() (epoch string, list []store.Selector) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.purge()
	for sel := range s.revoked {
		list = append(list, sel)
	}
	return s.epoch, list
}

// again removes single tokens again whenever that may have been lost.
func (s *Store) again(ctx context.Context) {
	for {
		select {
		case <-s.singles.renewed:
		case <-ctx.Done():
			return
		}
		for s.removeAgain(ctx) != nil {
			select {
			case <-time.After(20 * time.Millisecond):
			case <-ctx.Done():
				return
			}
		}
	}
}

func (s *Store) removeAgain(ctx context.Context) error {
	epoch, list := s.singles.recent()
	n := s.member.Names()
	if n == nil || s.member.Applied().Epoch != epoch {
		return redis.ErrDown
	}
	for _, sel := range list {
		if err := s.removeOneAgain(ctx, n, sel); err != nil {
			return err
		}
	}
	return nil
}

// removeOneAgain tells the other replicas if the token was there: one may have read it.
func (s *Store) removeOneAgain(ctx context.Context, n *vault.Names, sel store.Selector) error {
	user, err := s.ownerOf(ctx, n, sel)
	if err != nil || user == "" {
		return err
	}
	gone, err := s.collect(ctx, n, user, func(_ string, e *store.Entry) bool { return sel.Matches(e) })
	s.orphans.found(gone)
	if err != nil || len(gone) == 0 {
		return err
	}
	_, err = s.revoke(ctx, sel)
	return err
}
