//go:build unix

package redistest

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/redis/rueidis"
)

// AddReplica starts a replica of a node, and waits until it follows that node and all nodes know it.
func (c *Cluster) AddReplica(tb testing.TB, of *Server) *Server {
	tb.Helper()
	replica := start(tb, of.setup, clusterNode)
	c.know(tb, replica)
	replica.do(tb, "CLUSTER", "MEET", "127.0.0.1", fmt.Sprint(of.port), fmt.Sprint(of.busPort))
	c.Await(tb)
	replica.do(tb, "CLUSTER", "REPLICATE", c.ids[of])
	await(tb, "replication", func(ctx context.Context) error {
		for _, node := range c.nodes {
			if err := node.knowsReplica(ctx, c.ids[replica], c.ids[of]); err != nil {
				return err
			}
		}
		return expect(ctx, replica, "master_link_status", "up")
	})
	return replica
}

// knowsReplica checks that a node takes one for a replica of another: before, it does not count its vote.
func (s *Server) knowsReplica(ctx context.Context, replica, of string) error {
	return s.with(func(client rueidis.Client) error {
		nodes, err := client.Do(ctx, client.B().ClusterNodes().Build()).ToString()
		if err != nil {
			return err
		}
		for line := range strings.Lines(nodes) {
			if strings.Contains(line, replica+" ") && strings.Contains(line, "slave "+of) {
				return nil
			}
		}
		return fmt.Errorf("%s does not know the replica", s.Addr())
	})
}

// Failover makes a replica the primary of its slots while both are well, as an operator does with CLUSTER FAILOVER, and waits
// until all nodes know it.
func (c *Cluster) Failover(tb testing.TB, replica *Server, slot int) {
	tb.Helper()
	var asked time.Time
	await(tb, "CLUSTER FAILOVER", func(ctx context.Context) error {
		if owner, err := c.owner(ctx, slot); err == nil && owner == replica {
			return nil
		}
		if time.Since(asked) < 6*time.Second { // the replica gives up after 5 s, such as when the others do not know it yet
			return errors.New("the replica is not the primary yet")
		}
		asked = time.Now()
		err := replica.with(func(client rueidis.Client) error {
			return client.Do(ctx, client.B().ClusterFailover().Build()).Error()
		})
		return fmt.Errorf("the replica was asked to be the primary: %w", err)
	})
	c.AwaitOwner(tb, slot, replica)
}

// FailoverTo makes a replica the primary by FAILOVER TO, which leaves the connections of clients open: the old primary answers
// them that it is a replica. It returns when both have changed.
func (s *Server) FailoverTo(tb testing.TB, replica *Server) {
	tb.Helper()
	await(tb, "FAILOVER TO", func(ctx context.Context) error {
		return s.with(func(client rueidis.Client) error {
			return client.Do(ctx, client.B().Arbitrary("FAILOVER", "TO", "127.0.0.1", fmt.Sprint(replica.port)).Build()).Error()
		})
	})
	await(tb, "FAILOVER TO", func(ctx context.Context) error {
		if err := expect(ctx, replica, "role", "master"); err != nil {
			return err
		}
		return expect(ctx, s, "role", "slave")
	})
}

// AwaitCopy waits until a replica has everything that its primary has written before the call.
func (s *Server) AwaitCopy(tb testing.TB, replica *Server) {
	tb.Helper()
	want, err := strconv.ParseInt(s.Info(tb)["master_repl_offset"], 10, 64)
	if err != nil {
		tb.Fatalf("redistest: INFO: %v", err)
	}
	await(tb, "copy", func(context.Context) error {
		if has, err := strconv.ParseInt(replica.Info(tb)["slave_repl_offset"], 10, 64); err != nil || has < want {
			return fmt.Errorf("the replica has %d of %d bytes: %w", has, want, err)
		}
		return nil
	})
}
