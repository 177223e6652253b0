package sessions

import (
	"context"
	"fmt"
	"strings"

	"github.com/go-pme/pme/fleet/internal/member"
	"github.com/go-pme/pme/fleet/internal/redis"
	"github.com/go-pme/pme/fleet/internal/script"
	"github.com/go-pme/pme/fleet/internal/vault"
	"github.com/go-pme/pme/middleware/revocation"
)

// Revoked implements [revocation.Store]. Under a lease, it answers from memory about a session that is not revoked, if all
// its names are cached. About one that is revoked it asks Redis: the revocation may have expired.
func (s *Store) Revoked(ctx context.Context, session revocation.Session) (bool, error) {
	if len(session.Names) == 0 {
		return false, nil
	}
	if s.member.Leased() && s.cache.clears(s.cfg.Keys, s.member.History(), &session) {
		return false, nil
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	position := verified(s.cfg.Keys, session.Position)
	for {
		is, epoch, err := s.ask(ctx, &session, position)
		if is || err != nil || epoch == "" {
			return is, err
		}
		if err := s.member.AwaitSettled(ctx, epoch); err != nil {
			return false, err
		}
	}
}

// RevokedHere is Revoked by what this process remembers, for when Redis does not answer. It fails if that is not enough.
func (s *Store) RevokedHere(session revocation.Session) (bool, error) {
	history := s.member.History()
	if s.cache.clears(s.cfg.Keys, history, &session) {
		return false, nil
	}
	position := verified(s.cfg.Keys, session.Position)
	for _, name := range session.Names {
		e, ok := s.member.Remembers(name, position)
		if !ok {
			return false, redis.ErrDown
		}
		if (end{e.Generation, e.Until, e.HasUntil}).revokes(history, position, session.IssuedAt) {
			return true, nil
		}
	}
	return false, nil
}

// ask asks Redis whether a session was revoked. If Redis has lost its content not long ago, the revocation of a session from
// before may be missing. Then it returns the epoch that has to settle.
func (s *Store) ask(ctx context.Context, session *revocation.Session, position member.Position) (is bool, unsettled string, err error) {
	n, err := s.names()
	if err != nil {
		return false, "", err
	}
	settled := s.member.Settled()
	at, history, ends, err := s.read(ctx, n, session.Names)
	if err != nil {
		return false, "", err
	}
	for _, e := range ends {
		is = is || e.revokes(history, position, session.IssuedAt)
	}
	if settled == at.Epoch {
		s.cache.fill(session.Names, ends, at, s.member.Applied())
		return is, "", nil
	}
	if position.Epoch == at.Epoch {
		return is, "", nil
	}
	return is, at.Epoch, nil
}

// read reads what has been revoked under the names, and the position at which that was so.
func (s *Store) read(ctx context.Context, n *vault.Names, names []string) (member.Position, member.History, []end, error) {
	fail := func(err error) (member.Position, member.History, []end, error) {
		return member.Position{}, nil, nil, err
	}
	keys := []string{s.cfg.Space.Fleet()}
	for _, name := range names {
		keys = append(keys, s.cfg.Space.Generation(member.SessionName(n, name)))
	}
	verdict, rest, err := s.cfg.Conn.Run(ctx, script.Ended, keys, nil)
	if err != nil {
		return fail(err)
	}
	texts, err := redis.Strings(rest)
	if err != nil {
		return fail(err)
	}
	if verdict != "ok" || len(texts) != 2+2*len(names) {
		return fail(fmt.Errorf("fleet: ended answers %q", verdict))
	}
	ends := make([]end, len(names))
	for i := range ends {
		if ends[i], err = parseEnd(texts[2+2*i], texts[3+2*i]); err != nil {
			return fail(err)
		}
	}
	return member.ParsePosition(texts[0]), strings.Split(texts[1], ","), ends, nil
}
