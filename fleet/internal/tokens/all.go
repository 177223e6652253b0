package tokens

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/go-pme/pme/fleet/internal/member"
	"github.com/go-pme/pme/fleet/internal/redis"
	"github.com/go-pme/pme/fleet/internal/script"
	"github.com/go-pme/pme/fleet/internal/vault"
	"github.com/go-pme/pme/issuer/store"
)

// collectAll collects everything that was stored or claimed before a revocation of everything.
//
// The generation of such a revocation is enough for replicas of this version. Older versions do not look at it: they empty their
// caches when they learn of the revocation, then may still store what they are minting, and read and cache what is stored. So the
// claims go first, then the tokens, and then those replicas empty their caches again. What is left to them is a request
// that began before and claims afterwards.
func (s *Store) collectAll(ctx context.Context, n *vault.Names, at member.Position) ([]*store.Entry, error) {
	if err := s.voidClaims(ctx, at); err != nil {
		return nil, err
	}
	gone, err := s.collect(ctx, n, s.allIndex(), func(value string, _ *store.Entry) bool { return s.isOlder(value, at) })
	if err != nil {
		return gone, err
	}
	collected, err := s.member.Revoke(ctx, &member.Record{Collected: true})
	if err != nil {
		return gone, err
	}
	if err := s.member.Settle(ctx, collected); err != nil {
		return gone, err
	}
	return gone, s.collected(ctx, at)
}

// voidClaims removes the claims that were made before the revocation. It goes through the index until it finds none, as
// collect does.
func (s *Store) voidClaims(ctx context.Context, at member.Position) error {
	for {
		found := false
		for from := int64(0); ; from += page {
			names, err := s.names(ctx, s.allIndex(), from)
			if err != nil {
				return err
			}
			some, err := s.voidSome(ctx, names, at)
			if err != nil {
				return err
			}
			if found = found || some; len(names) < page {
				break
			}
		}
		if !found {
			return nil
		}
	}
}

// voidSome removes those of some members of the index that are claims and older than the revocation.
func (s *Store) voidSome(ctx context.Context, names []string, at member.Position) (found bool, err error) {
	keys, args := []string{s.cfg.Space.Fleet(), s.allIndex()}, []string{at.String()}
	for _, name := range names {
		if claimed, ok := strings.CutPrefix(name, "c|"); ok {
			keys, args = append(keys, s.cfg.Space.Of("c", claimed)), append(args, name)
		}
	}
	if len(args) == 1 {
		return false, nil
	}
	_, rest, err := s.cfg.Conn.Run(ctx, script.Void, keys, args)
	if err != nil {
		return false, err
	}
	if len(rest) != 1 {
		return false, fmt.Errorf("fleet: void answers %d values", len(rest))
	}
	text, err := redis.Text(&rest[0])
	if err != nil {
		return false, err
	}
	voided, err := strconv.Atoi(text)
	if err != nil {
		return false, fmt.Errorf("fleet: void answers with something else: %w", err)
	}
	return voided > 0, nil
}
