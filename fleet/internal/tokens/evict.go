package tokens

import (
	"context"
	"errors"
	"iter"

	"github.com/redis/rueidis"

	"github.com/go-pme/pme/fleet/internal/member"
	"github.com/go-pme/pme/fleet/internal/redis"
	"github.com/go-pme/pme/fleet/internal/vault"
	"github.com/go-pme/pme/issuer/store"
)

// page is how many keys of an index are read at once.
const page = 500

// Evict implements [store.Store]. It writes the revocation first, so that nothing which it means is given any more, and
// then collects the tokens while the other replicas learn of it.
func (s *Store) Evict(ctx context.Context, sel store.Selector) ([]*store.Entry, error) {
	n := s.member.Names()
	switch {
	case !sel.Valid():
		return nil, nil
	case n == nil:
		return nil, redis.ErrDown
	case sel.Token != "":
		return s.evictToken(ctx, n, sel)
	}
	at, err := s.revoke(ctx, sel)
	if err != nil {
		return nil, err
	}
	settled := make(chan error, 1)
	go func() { settled <- s.member.Settle(ctx, at) }()
	gone, err := s.collectRevoked(ctx, n, sel, at)
	return gone, errors.Join(err, <-settled)
}

// collectRevoked collects what a revocation means, and notes that this is done.
func (s *Store) collectRevoked(ctx context.Context, n *vault.Names, sel store.Selector, at member.Position) ([]*store.Entry, error) {
	if sel.All {
		return s.collectAll(ctx, n, at)
	}
	index := s.modelIndex(n, sel.Model)
	if sel.User != "" {
		index = s.userIndex(n, sel.User)
	}
	gone, err := s.collect(ctx, n, index, func(value string, e *store.Entry) bool {
		return sel.Matches(e) && s.isOlder(value, at)
	})
	if err != nil {
		return gone, err
	}
	return gone, s.collected(ctx, at)
}

func (s *Store) revoke(ctx context.Context, sel store.Selector) (member.Position, error) {
	return s.member.Revoke(ctx, &member.Record{Tokens: &sel, Life: generationLife.Milliseconds()})
}

// isOlder reports whether the claim of a token was made before the revocation.
func (s *Store) isOlder(value string, at member.Position) bool {
	return s.member.History().Later(at, claimedAt(value))
}

// evictToken removes one token. It takes the token away first: a token has no generation that would keep it from being
// given.
func (s *Store) evictToken(ctx context.Context, n *vault.Names, sel store.Selector) ([]*store.Entry, error) {
	user, err := s.ownerOf(ctx, n, sel)
	if err != nil {
		return nil, err
	}
	var gone []*store.Entry
	if user != "" {
		gone, err = s.collect(ctx, n, user, func(_ string, e *store.Entry) bool { return sel.Matches(e) })
		if err != nil {
			return gone, err
		}
	}
	at, err := s.revoke(ctx, sel)
	if err != nil {
		return gone, err
	}
	return gone, s.member.Settle(ctx, at)
}

// ownerOf returns the index of the user who has the token.
func (s *Store) ownerOf(ctx context.Context, n *vault.Names, sel store.Selector) (string, error) {
	if sel.User != "" {
		return s.userIndex(n, sel.User), nil
	}
	answer, err := s.cfg.Conn.Do(ctx, func(b rueidis.Builder) rueidis.Completed {
		return b.Get().Key(s.owner(n, sel.Token)).Build()
	})
	if err != nil {
		return "", err
	}
	return redis.Text(&answer)
}

// collect removes the tokens of an index that are meant, and returns them. It goes through the index until it finds none,
// since others may change it meanwhile.
func (s *Store) collect(ctx context.Context, n *vault.Names, index string, meant func(string, *store.Entry) bool) ([]*store.Entry, error) {
	var gone []*store.Entry
	for {
		found := false
		for values, err := range s.pages(ctx, index) {
			if err != nil {
				return gone, err
			}
			removed, err := s.removeFrom(ctx, n, values, meant)
			gone, found = append(gone, removed...), found || len(removed) > 0
			if err != nil {
				return gone, err
			}
		}
		if !found {
			return gone, nil
		}
	}
}

// tokensOf are the tokens of one key: ID and value.
type tokensOf struct {
	name   string
	values map[string]string
}

// pages goes through the tokens of an index.
func (s *Store) pages(ctx context.Context, index string) iter.Seq2[[]tokensOf, error] {
	return func(yield func([]tokensOf, error) bool) {
		for from := int64(0); ; from += page {
			names, err := s.names(ctx, index, from)
			if err != nil || len(names) == 0 {
				if err != nil {
					yield(nil, err)
				}
				return
			}
			values, err := s.values(ctx, names)
			if !yield(values, err) || err != nil || len(names) < page {
				return
			}
		}
	}
}

func (s *Store) names(ctx context.Context, index string, from int64) ([]string, error) {
	answer, err := s.cfg.Conn.Do(ctx, func(b rueidis.Builder) rueidis.Completed {
		return b.Zrange().Key(index).Min(itoa(from)).Max(itoa(from + page - 1)).Build()
	})
	if err != nil {
		return nil, err
	}
	list, err := answer.ToArray()
	if err != nil {
		return nil, redis.ErrDown
	}
	return redis.Strings(list)
}

// values reads the tokens of some keys. Claims among the names have none.
func (s *Store) values(ctx context.Context, names []string) ([]tokensOf, error) {
	answers, err := s.cfg.Conn.DoMulti(ctx, func(b rueidis.Builder) []rueidis.Completed {
		var all []rueidis.Completed
		for _, name := range names {
			all = append(all, b.Hgetall().Key(s.cfg.Space.Of("t", name)).Build())
		}
		return all
	})
	if err != nil {
		return nil, err
	}
	var out []tokensOf
	for i, answer := range answers {
		fields, err := answer.AsStrMap()
		if err != nil {
			return nil, redis.ErrDown
		}
		delete(fields, "newest")
		if len(fields) > 0 {
			out = append(out, tokensOf{names[i], fields})
		}
	}
	return out, nil
}

// Entries implements [store.Store]. An older token of a key, one that was replaced, may be among them for a while
// after its time is over.
func (s *Store) Entries(ctx context.Context) iter.Seq2[*store.Entry, error] {
	return func(yield func(*store.Entry, error) bool) {
		n := s.member.Names()
		if n == nil {
			yield(nil, redis.ErrDown)
			return
		}
		for all, err := range s.livePages(ctx) {
			if err != nil {
				yield(nil, err)
				return
			}
			for _, tokens := range all {
				for _, value := range tokens.values {
					e, err := s.open(value)
					if errors.Is(err, vault.ErrOtherKey) {
						continue // its key is retired: no replica can give it
					}
					if !yield(e, err) || err != nil {
						return
					}
				}
			}
		}
	}
}
