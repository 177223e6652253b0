package member

import (
	"context"
	"fmt"
	"time"
)

// Settled returns the present epoch once this process has seen it for longer than a lease. Before, the members that remember
// what was revoked in earlier epochs may not have announced it.
func (m *Member) Settled() (epoch string) {
	now := m.standing.Load()
	if time.Since(now.since) < m.settling() {
		return ""
	}
	return now.applied.Epoch
}

func (m *Member) settling() time.Duration { return m.cfg.Lease + m.cfg.Lease/10 }

// AwaitSettled waits until it is worth asking again whether an epoch is settled.
func (m *Member) AwaitSettled(ctx context.Context, epoch string) error {
	now := m.standing.Load()
	pause := m.settling() - time.Since(now.since)
	if now.applied.Epoch != epoch {
		m.wake() // it joins
		pause = 5 * time.Millisecond
	}
	select {
	case <-time.After(pause):
		return nil
	case <-ctx.Done():
		return fmt.Errorf("fleet: Redis has lost its content, and the other replicas have not said yet what was revoked: %w", ctx.Err())
	}
}
