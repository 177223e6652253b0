//go:build unix

package redistest

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/redis/rueidis"
)

const allSlots = 16384

// A Cluster is three primaries, which share the slots. They have no replicas but those of [Cluster.AddReplica].
type Cluster struct {
	nodes []*Server
	ids   map[*Server]string
}

// StartCluster starts the nodes, and waits until each regards the cluster as well.
func StartCluster(tb testing.TB, opts ...Option) *Cluster {
	tb.Helper()
	program(tb)
	with := newSetup(tb, opts)
	c := &Cluster{ids: map[*Server]string{}}
	for i := range 3 {
		c.add(tb, start(tb, with, clusterNode), i)
	}
	for _, other := range c.nodes[1:] {
		c.nodes[0].do(tb, "CLUSTER", "MEET", "127.0.0.1", fmt.Sprint(other.port), fmt.Sprint(other.busPort))
	}
	c.Await(tb)
	return c
}

// add gives the node of this number a third of the slots.
func (c *Cluster) add(tb testing.TB, node *Server, i int) {
	tb.Helper()
	first, end := i*allSlots/3, (i+1)*allSlots/3
	node.do(tb, "CLUSTER", "SET-CONFIG-EPOCH", fmt.Sprint(i+1)) // two nodes with the same would have to settle it
	node.do(tb, "CLUSTER", "ADDSLOTSRANGE", fmt.Sprint(first), fmt.Sprint(end-1))
	c.know(tb, node)
}

func (c *Cluster) know(tb testing.TB, node *Server) {
	tb.Helper()
	id, err := node.do(tb, "CLUSTER", "MYID").ToString()
	if err != nil {
		tb.Fatalf("redistest: CLUSTER MYID: %v", err)
	}
	c.nodes = append(c.nodes, node)
	c.ids[node] = id
}

// Await waits until each node knows all others and regards the cluster as well: after the start, or the restart of a node.
func (c *Cluster) Await(tb testing.TB) {
	tb.Helper()
	await(tb, "cluster", func(ctx context.Context) error {
		for _, node := range c.nodes {
			if err := node.clusterIsWell(ctx, len(c.nodes)); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Server) clusterIsWell(ctx context.Context, nodes int) error {
	return s.with(func(client rueidis.Client) error {
		state, err := client.Do(ctx, client.B().ClusterInfo().Build()).ToString()
		if err != nil {
			return err
		}
		for _, want := range []string{"cluster_state:ok", "cluster_slots_ok:16384", fmt.Sprint("cluster_known_nodes:", nodes)} {
			if !strings.Contains(state, want+"\r\n") {
				return fmt.Errorf("%s is not so at %s:\n%s", want, s.Addr(), state)
			}
		}
		return nil
	})
}

// Nodes returns the servers.
func (c *Cluster) Nodes() []*Server { return c.nodes }

// Addrs returns the addresses of the nodes.
func (c *Cluster) Addrs() (addrs []string) {
	for _, node := range c.nodes {
		addrs = append(addrs, node.Addr())
	}
	return addrs
}

// Slot returns the slot of a key.
func (c *Cluster) Slot(tb testing.TB, key string) int {
	tb.Helper()
	slot, err := c.nodes[0].do(tb, "CLUSTER", "KEYSLOT", key).AsInt64()
	if err != nil {
		tb.Fatalf("redistest: CLUSTER KEYSLOT: %v", err)
	}
	return int(slot)
}

// Owner returns the node that a slot belongs to, as that node itself says.
func (c *Cluster) Owner(tb testing.TB, slot int) (owner *Server) {
	tb.Helper()
	await(tb, "owner", func(ctx context.Context) (err error) {
		owner, err = c.owner(ctx, slot)
		return err
	})
	return owner
}

func (c *Cluster) owner(ctx context.Context, slot int) (*Server, error) {
	for _, node := range c.nodes {
		named, err := node.ownerOf(ctx, slot)
		if err != nil {
			return nil, err
		}
		if named == c.ids[node] {
			return node, nil
		}
	}
	return nil, fmt.Errorf("no node owns the slot %d", slot)
}

// ownerOf returns the ID of the node that a slot belongs to, as the node s sees it.
func (s *Server) ownerOf(ctx context.Context, slot int) (id string, err error) {
	err = s.with(func(client rueidis.Client) error {
		shards, err := client.Do(ctx, client.B().ClusterSlots().Build()).ToArray()
		if err != nil {
			return err
		}
		for _, each := range shards {
			if first, last, node, err := shard(each); err == nil && first <= slot && slot <= last {
				id = node
			}
		}
		return nil
	})
	return id, err
}

// shard reads an element of CLUSTER SLOTS: the first and the last slot, and the address, port and ID of the primary.
func shard(m rueidis.RedisMessage) (first, last int, id string, err error) {
	fields, err := m.ToArray()
	if err != nil || len(fields) < 3 {
		return 0, 0, "", fmt.Errorf("CLUSTER SLOTS: %d fields: %w", len(fields), err)
	}
	node, err := fields[2].ToArray()
	if err != nil || len(node) < 3 {
		return 0, 0, "", fmt.Errorf("CLUSTER SLOTS: %d fields of a node: %w", len(node), err)
	}
	from, err := fields[0].AsInt64()
	if err != nil {
		return 0, 0, "", err
	}
	to, err := fields[1].AsInt64()
	if err != nil {
		return 0, 0, "", err
	}
	id, err = node[2].ToString()
	return int(from), int(to), id, err
}
