// Package sessions is the store of logins that a fleet shares.
package sessions

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/redis/rueidis"

	"github.com/go-pme/pme/fleet/internal/member"
	"github.com/go-pme/pme/fleet/internal/redis"
	"github.com/go-pme/pme/fleet/internal/script"
	"github.com/go-pme/pme/fleet/internal/vault"
	"github.com/go-pme/pme/health"
	"github.com/go-pme/pme/middleware/oidclogin/store"
	"github.com/go-pme/pme/middleware/revocation"
)

// patience is how long a call waits for what the other replicas remember. It is longer than it takes at the default lease.
const patience = 3 * time.Second

// Config configures a Store. All fields are required.
type Config struct {
	Conn  *redis.Conn
	Space member.Space
	Keys  *vault.Keys
}

// A Store implements [store.Store]. Call Use before anything else.
type Store struct {
	cfg    Config
	member *member.Member
	cache  *cache
}

var (
	_ store.Store     = (*Store)(nil)
	_ member.Cache    = (*cache)(nil)
	_ health.Reporter = (*Store)(nil)
)

// New returns a Store that is not in use yet.
func New(cfg Config) *Store { return &Store{cfg: cfg, cache: newCache()} }

// Cache is what a member has to tell what is revoked.
func (s *Store) Cache() member.Cache { return s.cache }

// Use sets the member that this process is.
func (s *Store) Use(m *member.Member) { s.member = m }

// HealthParts implements [health.Reporter].
func (s *Store) HealthParts() []health.Part { return s.member.HealthParts() }

func (s *Store) names() (*vault.Names, error) {
	if n := s.member.Names(); n != nil {
		return n, nil
	}
	return nil, redis.ErrDown
}

// Position implements [revocation.Store].
func (s *Store) Position(ctx context.Context) (string, error) {
	n, err := s.names()
	if err != nil {
		return "", err
	}
	if s.member.Leased() {
		return signed(s.cfg.Keys, s.member.AppliedText()), nil
	}
	at, _, _, err := s.read(ctx, n, nil)
	if err != nil {
		return "", err
	}
	return signed(s.cfg.Keys, at.String()), nil
}

// signed adds what tells a position of this fleet from everything else.
func signed(k *vault.Keys, position string) string { return position + "." + k.Sign(position) }

// verified returns the zero position for one that is not of this fleet. The operator's keys tell it: the key of the names may be
// another one after the store has lost its content.
func verified(k *vault.Keys, position string) member.Position {
	i := strings.LastIndexByte(position, '.')
	if i < 0 || !k.Signed(position[:i], position[i+1:]) {
		return member.Position{}
	}
	return member.ParsePosition(position[:i])
}

// Revoke implements [revocation.Store].
func (s *Store) Revoke(ctx context.Context, name string, ttl time.Duration) error {
	return s.revoke(ctx, &member.Record{Session: name, Life: life(ttl)})
}

// RevokeIssued implements [revocation.Store].
func (s *Store) RevokeIssued(ctx context.Context, name string, until time.Time, ttl time.Duration) error {
	at := until.UnixMilli()
	if at == 0 {
		at = 1 // zero means that there is none
	}
	return s.revoke(ctx, &member.Record{Session: name, Until: at, Life: life(ttl)})
}

func (s *Store) revoke(ctx context.Context, r *member.Record) error {
	at, err := s.member.Revoke(ctx, r)
	if err != nil {
		return err
	}
	return s.member.Settle(ctx, at)
}

// life is in milliseconds, and at least one.
func life(ttl time.Duration) int64 { return max(ttl.Milliseconds(), 1) }

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

// An end is what has been revoked of a name. The zero end revokes nothing.
type end struct {
	generation member.Position
	until      int64 // in Unix milliseconds
	hasUntil   bool
}

func parseEnd(generation, until string) (end, error) {
	e := end{generation: member.ParsePosition(generation)}
	if generation != "" && e.generation.Epoch == "" {
		return end{}, errors.New("fleet: a revocation in Redis has another form")
	}
	if until == "" {
		return e, nil
	}
	n, err := strconv.ParseInt(until, 10, 64)
	if err != nil {
		return end{}, fmt.Errorf("fleet: a revocation in Redis has another form: %w", err)
	}
	e.until, e.hasUntil = n, true
	return e, nil
}

func (e end) revokes(history member.History, position member.Position, issued time.Time) bool {
	return e.hasUntil && issued.UnixMilli() <= e.until ||
		e.generation.Epoch != "" && history.Later(e.generation, position)
}

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
