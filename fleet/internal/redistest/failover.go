//go:build unix

package redistest

import (
	"context"
	"errors"
	"testing"

	"github.com/redis/rueidis"
)

// Failover makes the replica the primary while both are well, as an operator does with SENTINEL FAILOVER, and returns the new
// primary.
func (s *Sentinel) Failover(tb testing.TB) *Server {
	tb.Helper()
	old := s.Primary(tb)
	// It fails until the sentinel has news of the replica that are young enough.
	await(tb, "SENTINEL FAILOVER", func(ctx context.Context) error { return s.request(ctx, old) })
	return s.AwaitPrimary(tb, old)
}

func (s *Sentinel) request(ctx context.Context, old *Server) error {
	if now, err := s.agreed(ctx); err == nil && now != old {
		return nil
	}
	for _, each := range s.sentinels {
		if each.current().running() {
			return each.with(func(c rueidis.Client) error {
				return c.Do(ctx, c.B().SentinelFailover().Master(MasterName).Build()).Error()
			})
		}
	}
	return errors.New("no sentinel runs")
}

// KillPrimary kills the primary, and returns it without waiting for the fail-over.
func (s *Sentinel) KillPrimary(tb testing.TB) (killed *Server) {
	tb.Helper()
	killed = s.Primary(tb)
	killed.Kill(tb)
	return killed
}

// AwaitPrimary waits until all running sentinels name another primary than the old one, and it is one. It returns the new
// primary. The old one may still believe to be one.
func (s *Sentinel) AwaitPrimary(tb testing.TB, old *Server) *Server {
	tb.Helper()
	next := s.other(old)
	await(tb, "new primary", func(ctx context.Context) error {
		now, err := s.agreed(ctx)
		if err == nil && now != next {
			err = errors.New("the sentinels name the old primary")
		}
		if err != nil {
			return err
		}
		return expect(ctx, next, "role", "master")
	})
	return next
}

// AwaitReplication waits until the replica follows the primary.
func (s *Sentinel) AwaitReplication(tb testing.TB) {
	tb.Helper()
	await(tb, "replication", func(ctx context.Context) error {
		primary, err := s.agreed(ctx)
		if err != nil {
			return err
		}
		replica := s.other(primary)
		if err := expect(ctx, replica, "role", "slave"); err != nil {
			return err
		}
		return expect(ctx, replica, "master_link_status", "up")
	})
}
