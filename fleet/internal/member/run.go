package member

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/go-pme/pme/fleet/internal/redis"
	"github.com/go-pme/pme/fleet/internal/vault"
)

const (
	mostEntries = 500    // that one sync returns
	logLength   = 10_000 // entries; a member that is further behind joins anew
)

// errAgain asks for another step at once.
var errAgain = errors.New("again")

// run takes a step three times in each lease, and at once when something happened.
func (m *Member) run(ctx context.Context) {
	for {
		err := m.step(ctx)
		for n := 0; errors.Is(err, errAgain) && ctx.Err() == nil && n < 1000; n++ {
			err = m.step(ctx)
		}
		if ctx.Err() != nil {
			return
		}
		if errors.Is(err, errAgain) {
			err = nil // others revoke all the time, and the store answers
		}
		m.note(ctx, err)
		m.mend(err)
		select {
		case <-m.crowd.pause(m.interval()):
		case <-m.kick:
		case <-ctx.Done():
			return
		}
	}
}

// note notes how the step went. The log has the beginning and the end of trouble.
func (m *Member) note(ctx context.Context, err error) {
	before := m.Problem()
	m.cfg.Conn.Note(err == nil)
	m.problem.Store(&err)
	if err == nil {
		now := time.Now()
		m.reached.Store(&now)
	}
	switch {
	case err != nil && (before == nil || before.Error() != err.Error() && errors.Is(err, vault.ErrOtherKey)):
		m.cfg.Logger.LogAttrs(ctx, slog.LevelWarn, "fleet degraded", slog.Any("error", err))
	case err == nil && before != nil:
		m.cfg.Logger.LogAttrs(ctx, slog.LevelInfo, "fleet well again")
	}
	select {
	case <-m.first:
	default:
		close(m.first)
	}
}

// interval is how long after this step the next one is due at the latest. An end of trouble is noticed soon, however long the lease.
func (m *Member) interval() time.Duration {
	if m.Problem() != nil {
		return min(m.cfg.Lease, time.Second) / 3
	}
	return m.cfg.Lease / 3
}

// mend drops a connection to a server that is a replica by now, or that has not answered twice in a row: the next one may lead
// to another server.
func (m *Member) mend(err error) {
	if !redis.Unanswered(err) {
		m.unanswered = 0
	} else {
		m.unanswered++
	}
	if m.unanswered >= 2 || redis.IsReplica(err) {
		m.unanswered = 0
		m.cfg.Conn.Drop()
	}
}

// step becomes a member, or renews the lease of one.
func (m *Member) step(ctx context.Context) error {
	if err := m.cfg.Conn.Open(); err != nil {
		return redis.Sort(err)
	}
	// A step that has begun ends before this process leaves: a call that Redis gets late would make it a member again.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), min(max(m.cfg.Lease, time.Second), 2*time.Second))
	defer cancel()
	if !m.checked {
		if err := m.check(ctx); err != nil {
			return err
		}
		m.checked = true
	}
	if m.Applied().Epoch == "" {
		return m.join(ctx)
	}
	return m.sync(ctx)
}
