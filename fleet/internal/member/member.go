// Package member makes this process a member of a fleet: it follows what is revoked anywhere in the fleet, and holds a
// lease while it knows everything. Under the lease it may answer from its own memory.
package member

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/rueidis"

	"github.com/go-pme/pme/fleet/internal/redis"
	"github.com/go-pme/pme/fleet/internal/vault"
)

// Config configures a Member. All fields are required.
type Config struct {
	Conn  *redis.Conn
	Space Space
	Keys  *vault.Keys
	Lease time.Duration

	// WaitReplicas is how many replicas of Redis must have a revocation.
	WaitReplicas int

	Logger *slog.Logger

	// Check is called once, before this process becomes a member.
	Check func(context.Context, rueidis.Client) error
}

// A Cache is told what is revoked, by one goroutine. When a method returns, no answer may come from what it removed.
type Cache interface {
	// Apply drops what the record revokes. Number is that of the revocation in the present epoch.
	Apply(r *Record, number uint64)

	// Reset drops everything. From now on only what was read at this position or later may be cached.
	Reset(joined Position)
}

// A Member is this process in its fleet. It is safe for concurrent use.
type Member struct {
	cfg    Config
	id     string
	caches []Cache

	names    atomic.Pointer[vault.Names]
	standing atomic.Pointer[standing]
	lease    atomic.Pointer[time.Time] // when the call began that it comes from
	problem  atomic.Pointer[error]     // of the last step
	reached  atomic.Pointer[time.Time] // when Redis last answered as it should
	joined   atomic.Pointer[Position]  // when this process last became a member

	kick   chan struct{}
	ctx    context.Context // ends with Close
	stop   context.CancelFunc
	ended  sync.WaitGroup
	first  chan struct{} // closed after the first step
	memory memory
	crowd  crowd
	hints  hints

	// Of the goroutine that takes the steps.
	checked    bool
	unanswered int // steps in a row
	warned     time.Time
}

// A standing is what a member knows of the order of revocations.
type standing struct {
	applied Position
	text    string // of applied
	history History
	since   time.Time // when this member first saw the epoch
}

// Start makes a Member. The caches are told what is revoked before anything else learns of it.
func Start(cfg Config, caches ...Cache) *Member {
	ctx, stop := context.WithCancel(context.Background())
	m := &Member{
		cfg: cfg, id: rand.Text()[:16], caches: caches, kick: make(chan struct{}, 1), ctx: ctx, stop: stop, first: make(chan struct{}),
	}
	m.standing.Store(new(standing))
	m.memory.init()
	m.crowd.init()
	m.hints.init()
	m.ended.Go(func() { m.run(ctx) })
	m.ended.Go(func() { m.listen(ctx) })
	m.ended.Go(func() { m.send(ctx) })
	return m
}

// Go runs f until Close.
func (m *Member) Go(f func(context.Context)) { m.ended.Go(func() { f(m.ctx) }) }

// First waits for the result of the first attempt to become a member. A nil error means that it is one.
func (m *Member) First(ctx context.Context) error {
	select {
	case <-m.first:
		return m.Problem()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Problem returns what keeps this process from being a member, or nil.
func (m *Member) Problem() error {
	if p := m.problem.Load(); p != nil {
		return *p
	}
	return nil
}

// Close leaves the fleet, so that no revocation waits for this process.
func (m *Member) Close() {
	m.stop()
	m.ended.Wait()
	m.lease.Store(nil)
	m.leave()
}

// ErrClosed means that the fleet was closed.
var ErrClosed = errors.New("fleet: it was closed")

// ID names this process in the fleet.
func (m *Member) ID() string { return m.id }

// Names returns the names of the fleet, or nil before this process has been a member.
func (m *Member) Names() *vault.Names { return m.names.Load() }

// Applied returns the position up to which this process has applied what was revoked.
func (m *Member) Applied() Position { return m.standing.Load().applied }

// AppliedText is the text of Applied, without making it.
func (m *Member) AppliedText() string { return m.standing.Load().text }

// History returns the epochs that are known.
func (m *Member) History() History { return m.standing.Load().history }

// Leased reports whether this process may answer from memory: it knew of every revocation less than a lease ago. It
// asks two clocks, as one stands still while a machine sleeps, and the other can be set.
func (m *Member) Leased() bool { return m.LeasedAt(time.Now()) }

// LeasedAt is Leased for who has just asked for the time.
func (m *Member) LeasedAt(now time.Time) bool {
	begun := m.lease.Load()
	return begun != nil && now.Sub(*begun) < m.cfg.Lease && time.Duration(now.UnixNano()-begun.UnixNano()) < m.cfg.Lease
}
