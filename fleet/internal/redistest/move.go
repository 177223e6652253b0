//go:build unix

package redistest

import (
	"context"
	"fmt"
	"testing"
)

// A Move is a slot on its way from one node to another. Meanwhile clients are told ASK and, for several keys of which some
// have moved, TRYAGAIN.
type Move struct {
	cluster  *Cluster
	slot     int
	from, to *Server
}

// MoveSlot moves a slot with its keys.
func (c *Cluster) MoveSlot(tb testing.TB, slot int, to *Server) {
	tb.Helper()
	c.BeginMove(tb, slot, to).Finish(tb)
}

// BeginMove marks a slot as on its way, and moves no key.
func (c *Cluster) BeginMove(tb testing.TB, slot int, to *Server) *Move {
	tb.Helper()
	m := &Move{cluster: c, slot: slot, from: c.Owner(tb, slot), to: to}
	if m.from == to {
		tb.Fatalf("redistest: the slot %d is already at %s", slot, to.Addr())
	}
	to.setSlot(tb, m.slot, "IMPORTING", c.ids[m.from])
	m.from.setSlot(tb, m.slot, "MIGRATING", c.ids[to])
	return m
}

// Keys moves at most n keys, and returns their names.
func (m *Move) Keys(tb testing.TB, n int) []string {
	tb.Helper()
	keys, err := m.from.do(tb, "CLUSTER", "GETKEYSINSLOT", fmt.Sprint(m.slot), fmt.Sprint(n)).AsStrSlice()
	if err != nil {
		tb.Fatalf("redistest: CLUSTER GETKEYSINSLOT: %v", err)
	}
	m.migrate(tb, keys)
	return keys
}

// rest moves all keys that have not moved.
func (m *Move) rest(tb testing.TB) {
	tb.Helper()
	for moved := m.Keys(tb, 1000); len(moved) > 0; {
		moved = m.Keys(tb, 1000)
	}
}

// Key moves one key.
func (m *Move) Key(tb testing.TB, key string) {
	tb.Helper()
	m.migrate(tb, []string{key})
}

func (m *Move) migrate(tb testing.TB, keys []string) {
	tb.Helper()
	if len(keys) == 0 {
		return
	}
	command := []string{
		"MIGRATE", "127.0.0.1", fmt.Sprint(m.to.port), "", "0", "10000",
		"AUTH2", admin, m.to.setup.adminPassword, "KEYS",
	}
	m.from.do(tb, append(command, keys...)...)
}

// Finish moves the remaining keys and the slot itself, and waits until each node has heard of it.
func (m *Move) Finish(tb testing.TB) {
	tb.Helper()
	m.rest(tb)
	m.settle(tb, m.to)
	m.cluster.AwaitOwner(tb, m.slot, m.to)
}

// Abort moves all keys back, and leaves the slot where it was.
func (m *Move) Abort(tb testing.TB) {
	tb.Helper()
	back := &Move{cluster: m.cluster, slot: m.slot, from: m.to, to: m.from}
	m.from.setSlot(tb, m.slot, "STABLE")
	back.rest(tb)
	m.to.setSlot(tb, m.slot, "STABLE")
}

func (s *Server) setSlot(tb testing.TB, slot int, state ...string) {
	tb.Helper()
	s.do(tb, append([]string{"CLUSTER", "SETSLOT", fmt.Sprint(slot)}, state...)...)
}

// settle tells every node, the new owner first, whose slot it is.
func (m *Move) settle(tb testing.TB, owner *Server) {
	tb.Helper()
	owner.setSlot(tb, m.slot, "NODE", m.cluster.ids[owner])
	for _, node := range m.cluster.nodes {
		if node != owner {
			node.setSlot(tb, m.slot, "NODE", m.cluster.ids[owner])
		}
	}
}

// AwaitOwner waits until all nodes that run know that a slot belongs to a node.
func (c *Cluster) AwaitOwner(tb testing.TB, slot int, owner *Server) {
	tb.Helper()
	await(tb, fmt.Sprint("owner of the slot ", slot), func(ctx context.Context) error {
		for _, node := range c.nodes {
			if !node.current().running() {
				continue
			}
			id, err := node.ownerOf(ctx, slot)
			if err != nil {
				return err
			}
			if id != c.ids[owner] {
				return fmt.Errorf("%s does not know it", node.Addr())
			}
		}
		return nil
	})
}
