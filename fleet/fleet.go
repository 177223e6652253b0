package fleet

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/go-pme/pme/fleet/internal/local"
	"github.com/go-pme/pme/fleet/internal/member"
	"github.com/go-pme/pme/fleet/internal/redis"
	"github.com/go-pme/pme/fleet/internal/sessions"
	"github.com/go-pme/pme/fleet/internal/tokens"
	"github.com/go-pme/pme/fleet/internal/vault"
	"github.com/go-pme/pme/health"
	"github.com/go-pme/pme/issuer/store"
	login "github.com/go-pme/pme/middleware/oidclogin/store"
)

// patience is how long Open waits for a server that does not answer.
const patience = 5 * time.Second

// A Fleet is what the replicas of an application share. It is safe for concurrent use.
type Fleet struct {
	conn     *redis.Conn
	member   *member.Member
	tokens   *tokens.Store
	sessions *sessions.Store
	close    func()

	// What Tokens and Sessions return.
	forTokens store.Store
	forLogins login.Store
}

// Open connects this process to its fleet. It reports everything that is wrong with cfg, and what only the operator can
// heal: a password that is refused, missing rights, a key that is not the fleet's. A server that cannot be reached, or is
// loading, is no error: until it answers, the fleet is degraded, and no token is issued.
//
// The context bounds Open itself. Close the Fleet after the handlers that use it.
func Open(ctx context.Context, cfg Config) (*Fleet, error) {
	cfg = cfg.withDefaults()
	option, keys, err := cfg.check()
	if err != nil {
		return nil, err
	}
	conn, space := redis.New(option), member.NewSpace(cfg.Namespace)
	f := &Fleet{
		conn:     conn,
		tokens:   tokens.New(tokens.Config{Conn: conn, Space: space, Keys: keys, MaxEntries: cfg.MaxEntries, MaxPerUser: cfg.MaxPerUser, Lease: cfg.Lease, Logger: cfg.Logger}),
		sessions: sessions.New(sessions.Config{Conn: conn, Space: space, Keys: keys}),
	}
	f.member = member.Start(member.Config{Conn: conn, Space: space, Keys: keys, Lease: cfg.Lease, WaitReplicas: cfg.WaitReplicas, Logger: cfg.Logger, Check: cfg.checkServer},
		append(f.tokens.Caches(), f.sessions.Cache(), f.tokens.Listeners())...)
	f.tokens.Use(f.member)
	f.sessions.Use(f.member)
	f.forTokens, f.forLogins = f.tokens, f.sessions
	if cfg.OnOutage == MintLocally {
		outage := local.NewOutage(local.Config{Member: f.member, Limit: cfg.MaxOutage, Lease: cfg.Lease, Logger: cfg.Logger})
		f.forTokens = local.NewTokens(f.tokens, outage, cfg.MaxEntries, cfg.MaxPerUser)
		f.forLogins = local.NewSessions(f.sessions, outage)
	}
	f.close = sync.OnceFunc(func() {
		f.member.Close()
		f.tokens.Leave()
		conn.Close()
	})
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err = f.member.First(ctx)
	if err == nil {
		err = f.test(ctx)
	}
	if err != nil && (redis.Fatal(err) || errors.Is(err, vault.ErrOtherKey)) {
		f.close()
		return nil, err
	}
	return f, nil
}

// ErrUnavailable means that Redis does not answer, or takes no calls for now.
var ErrUnavailable = redis.ErrDown

// Probe connects to Redis, and reports what [Open] would: that cfg is wrong, that the user may not do what a fleet does, or that the server
// may drop tokens. It joins no fleet and leaves nothing in Redis, so it does NOT tell whether Keys are the fleet's. If Redis does not
// answer within the time of ctx, or some seconds, or cannot store anything for now, the error matches [ErrUnavailable]: Open would wait.
func Probe(ctx context.Context, cfg Config) error {
	cfg = cfg.withDefaults()
	option, _, err := cfg.check()
	if err != nil {
		return err
	}
	conn := redis.New(option)
	defer conn.Close()
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err = member.Probe(ctx, member.Config{Conn: conn, Space: member.NewSpace(cfg.Namespace), WaitReplicas: cfg.WaitReplicas, Logger: cfg.Logger, Check: cfg.checkServer})
	if err != nil && !redis.Fatal(err) && !errors.Is(err, ErrUnavailable) { // such as a server whose memory is full
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return err //nolint:wrapcheck // it says all
}

// test does once what the stores do, so that a right which is missing is found at the start.
func (f *Fleet) test(ctx context.Context) error {
	if err := f.tokens.Test(ctx); err != nil {
		return err
	}
	return f.sessions.Test(ctx)
}

// Close leaves the fleet, so that revocations do not wait for this process, and ends the connections. Afterwards the
// stores fail. Closing twice is no error.
func (f *Fleet) Close() error {
	f.close()
	return nil
}

// Tokens returns the store of live tokens, for issuer.Config. It is the same at every call.
func (f *Fleet) Tokens() store.Store { return f.forTokens }

// Sessions returns the store of logins, for oidclogin.Config and, as the record of revoked sessions, for the gates of
// package middleware. It is the same at every call.
func (f *Fleet) Sessions() login.Store { return f.forLogins }

// OnRevoked has fn called when any replica, this one included, has revoked tokens, before that revocation returns. The
// zero Selector means that revocations may have been missed: take everything that is remembered of users for outdated.
// The function must be quick: the fleet waits for it. Call stop when it is not needed any more.
func (f *Fleet) OnRevoked(fn func(store.Selector)) (stop func()) { return f.tokens.OnEvict(fn) }

// HealthParts implements [health.Reporter]. The stores report the same.
func (f *Fleet) HealthParts() []health.Part { return f.member.HealthParts() }
