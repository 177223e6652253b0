package tokens

import (
	"context"
	"iter"
	"strconv"
	"strings"

	"github.com/redis/rueidis"

	"github.com/go-pme/pme/fleet/internal/member"
	"github.com/go-pme/pme/fleet/internal/script"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// claimedAt is the position at which the token of a value was claimed.
func claimedAt(value string) member.Position {
	position, _, _ := strings.Cut(value, "\n")
	return member.ParsePosition(position)
}

// livePages goes through all tokens of keys that have one which has not expired.
func (s *Store) livePages(ctx context.Context) iter.Seq2[[]tokensOf, error] {
	return func(yield func([]tokensOf, error) bool) {
		for all, err := range s.pages(ctx, s.allIndex()) {
			if err == nil {
				all, err = s.live(ctx, all)
			}
			if !yield(all, err) || err != nil {
				return
			}
		}
	}
}

// live leaves out keys of which every token has expired.
func (s *Store) live(ctx context.Context, all []tokensOf) ([]tokensOf, error) {
	if len(all) == 0 {
		return nil, nil
	}
	answers, err := s.cfg.Conn.DoMulti(ctx, func(b rueidis.Builder) []rueidis.Completed {
		var list []rueidis.Completed
		for _, tokens := range all {
			list = append(list, b.Pttl().Key(s.cfg.Space.Of("t", tokens.name)).Build())
		}
		return list
	})
	if err != nil {
		return nil, err
	}
	var out []tokensOf
	for i := range answers {
		if left, err := answers[i].AsInt64(); err == nil && left > stay.Milliseconds() {
			out = append(out, all[i])
		}
	}
	return out, nil
}

// prune makes room by taking out of the indexes what has expired.
func (s *Store) prune(ctx context.Context, p place, verdict string) error {
	index := p.all
	if verdict == "user full" {
		index = p.user
	}
	names, err := s.names(ctx, index, 0)
	if err != nil || len(names) == 0 {
		return err
	}
	keys := []string{s.cfg.Space.Fleet(), p.user, p.all}
	args := []string{itoa(stay.Milliseconds())}
	for _, name := range names {
		if claimed, ok := strings.CutPrefix(name, "c|"); ok {
			keys = append(keys, s.cfg.Space.Of("c", claimed))
		} else {
			keys = append(keys, s.cfg.Space.Of("t", name))
		}
		args = append(args, name)
	}
	_, _, err = s.cfg.Conn.Run(ctx, script.Prune, keys, args)
	return err
}
