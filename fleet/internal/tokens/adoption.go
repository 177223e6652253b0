package tokens

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"time"

	"github.com/redis/rueidis"

	"github.com/go-pme/pme/fleet/internal/redis"
	"github.com/go-pme/pme/fleet/internal/script"
)

const (
	leasesOfABeat = 5   // between two beats
	beatsMissed   = 6   // before another replica takes over
	mostAdopted   = 500 // of each kind at once
	leaving       = "leaving"
)

// A heart is the latest beat of a replica, and how many beats of this process have found no later one. It counts no time: after an
// outage of Redis, all hearts seem to have stopped.
type heart struct {
	beat   string
	missed int
}

// adoption shows from time to time that this process still deletes what it has to, and takes over what others left.
func (s *Store) adoption(ctx context.Context) {
	for {
		select {
		case <-time.After(leasesOfABeat * s.cfg.Lease):
		case <-ctx.Done():
			return
		}
		if s.orphans.taker() == nil || s.member.Names() == nil {
			continue // others may take over
		}
		if err := errors.Join(s.giveAgain(ctx), s.beat(ctx)); err != nil && ctx.Err() == nil && !errors.Is(err, redis.ErrDown) {
			s.cfg.Logger.LogAttrs(ctx, slog.LevelWarn, "deletions of other replicas not known", slog.Any("error", err))
		}
	}
}

func (s *Store) beat(ctx context.Context) error {
	own, owners, err := s.runBeat(ctx, rand.Text()[:8])
	if err != nil {
		return err
	}
	stuck := make(map[string]bool)
	for at, sealed := range own {
		if s.orphans.stuck[at] { // it takes no time as a rule: its caller has failed or left
			err = errors.Join(err, s.collectFor(ctx, at, sealed))
		}
		stuck[at] = true
	}
	s.orphans.stuck = stuck
	for _, owner := range s.orphans.stopped(owners, s.member.ID()) {
		err = errors.Join(err, s.adopt(ctx, owner, owners[owner]))
	}
	return err
}

// runBeat returns what this process has to collect, and the latest beats of all owners.
func (s *Store) runBeat(ctx context.Context, beat string) (own, owners map[string]string, err error) {
	space, id := s.cfg.Space, s.member.ID()
	_, rest, err := s.cfg.Conn.Run(ctx, script.Beat,
		[]string{space.Fleet(), space.Owners(), space.Deletions(id), space.Collections(id)}, []string{id, beat})
	if err != nil {
		return nil, nil, err
	}
	return pairsOf(rest)
}

// pairsOf reads two hashes of an answer.
func pairsOf(rest []rueidis.RedisMessage) (first, second map[string]string, err error) {
	if len(rest) != 2 {
		return nil, nil, errors.New("fleet: a script answers with something else")
	}
	first, err1 := rest[0].AsStrMap()
	second, err2 := rest[1].AsStrMap()
	return first, second, errors.Join(err1, err2)
}

// stopped returns the owners that have missed their beats, or are leaving. It is called with each beat of this process.
func (o *orphans) stopped(owners map[string]string, own string) []string {
	var out []string
	seen := make(map[string]heart, len(owners))
	for owner, beat := range owners {
		h, known := o.seen[owner]
		if !known || h.beat != beat {
			h = heart{beat: beat}
		} else {
			h.missed++
		}
		seen[owner] = h
		if owner != own && (beat == leaving || h.missed >= beatsMissed) {
			out = append(out, owner)
		}
	}
	o.seen = seen
	return out
}

// adopt takes over from an owner, in parts.
func (s *Store) adopt(ctx context.Context, owner, beat string) error {
	space, id := s.cfg.Space, s.member.ID()
	keys := []string{
		space.Fleet(), space.Owners(), space.Deletions(owner), space.Collections(owner), space.Deletions(id), space.Collections(id),
	}
	for ctx.Err() == nil {
		verdict, rest, err := s.cfg.Conn.RunOnce(ctx, script.Adopt, keys, []string{owner, beat, id, itoa(mostAdopted), milliseconds(generationLife)})
		if err != nil {
			s.orphans.setAgain(true)
			return err
		}
		if verdict != "ok" {
			return nil
		}
		tokens, revocations, err := pairsOf(rest)
		if err != nil {
			return err
		}
		if len(tokens)+len(revocations) == 0 {
			return nil
		}
		s.cfg.Logger.LogAttrs(ctx, slog.LevelInfo, "deletions taken over from another replica",
			slog.Int("tokens", len(tokens)), slog.Int("revocations", len(revocations)))
		if err := s.takeOver(ctx, tokens, revocations); err != nil {
			return err
		}
	}
	return nil
}

// Leave has others take over at once. Call it after the member is closed, or a beat of this process may come after it.
func (s *Store) Leave() {
	if s.member.Names() == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_, _, _ = s.runBeat(ctx, leaving)
}
