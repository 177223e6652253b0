//go:build unix

package redistest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/redis/rueidis"
)

// Failover makes the replica the primary while both are well, as an operator does with SENTINEL FAILOVER, and returns the new
// primary.
func (s *Sentinel) Failover(tb testing.TB) *Server {
	tb.Helper()
	old := s.Primary(tb)
	// It fails until the sentinel has news of the replica that are young enough, and may be given up on a busy machine.
	var asked time.Time
	await(tb, "SENTINEL FAILOVER", func(ctx context.Context) error {
		now, err := s.agreed(ctx)
		switch {
		case err == nil && now != old:
			return nil
		case time.Since(asked) < 5*time.Second:
			return errors.New("the sentinels name the old primary")
		}
		if err := s.request(ctx); err != nil {
			return err
		}
		asked = time.Now()
		return errors.New("the sentinels were asked")
	})
	return s.AwaitPrimary(tb, old)
}

func (s *Sentinel) request(ctx context.Context) error {
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
