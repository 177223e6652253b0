package acceptance_test

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/go-pme/pme/fleet"
	"github.com/go-pme/pme/fleet/internal/fleettest"
	"github.com/go-pme/pme/fleet/internal/netfault"
	"github.com/go-pme/pme/fleet/internal/redistest"
	"github.com/go-pme/pme/issuer/store"
)

// A bin takes tokens that another replica left undeleted.
type bin struct {
	mu    sync.Mutex
	names map[string]int
}

func takeOrphans(t *testing.T, f *fleet.Fleet) *bin {
	b := &bin{names: make(map[string]int)}
	deleter, ok := f.Tokens().(store.Deleter)
	if !ok {
		t.Fatal("the store is no Deleter")
	}
	t.Cleanup(deleter.OnOrphaned(func(all []*store.Entry) {
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, e := range all {
			b.names[string(e.Token)]++
		}
		go func() { _ = deleter.Deleted(context.Background(), all...) }()
	}))
	return b
}

func (b *bin) has(e *store.Entry) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.names[string(e.Token)] > 0
}

func TestDeletionsOfAReplicaThatDiedAreTakenOver(t *testing.T) {
	server := redistest.Start(t)
	proxy := netfault.Start(t, server.Addr())
	space := fleettest.Namespace()
	dies := fleettest.Open(t, fleet.Config{Addresses: []string{proxy.Addr()}, Namespace: space, Lease: 100 * time.Millisecond})
	lives := fleettest.Open(t, fleet.Config{URL: server.URL(), Namespace: space, Lease: 100 * time.Millisecond})
	confirmed, left := fleettest.Token("confirmed", "alice"), fleettest.Token("left", "bob")
	takeOrphans(t, dies)
	fleettest.Put(t, dies.Tokens(), confirmed)
	fleettest.Put(t, dies.Tokens(), left)
	for _, e := range []*store.Entry{confirmed, left} {
		if gone, err := dies.Tokens().Evict(t.Context(), store.Selector{User: e.Key.User}); err != nil || len(gone) != 1 {
			t.Fatalf("Evict: %d, %v", len(gone), err)
		}
	}
	if err := dies.Tokens().(store.Deleter).Deleted(t.Context(), confirmed); err != nil {
		t.Fatal(err)
	}
	proxy.Swallow(netfault.Both)
	taken := takeOrphans(t, lives)
	fleettest.Eventually(t, "the deletion is taken over", func() bool { return taken.has(left) })
	if taken.has(confirmed) {
		t.Error("a confirmed deletion is taken over")
	}
	client := server.Client(t)
	fleettest.Eventually(t, "nothing is left to do", func() bool {
		n, err := client.Do(t.Context(), client.B().Exists().Key("{pme:"+space+"}:owners").Build()).AsInt64()
		return err == nil && n == 0
	})
}

func TestDeletionsOfAReplicaThatLeavesAreTakenOverAtOnce(t *testing.T) {
	const lease = 2 * time.Second // a replica that is silent would be given a minute
	all := fleettest.Group(t, 2, fleet.Config{URL: redistest.Start(t).URL(), Lease: lease})
	e := fleettest.Token("left", "alice")
	fleettest.Put(t, all[0].Tokens(), e)
	if _, err := all[0].Tokens().Evict(t.Context(), store.Selector{User: "alice"}); err != nil {
		t.Fatal(err)
	}
	taken := takeOrphans(t, all[1])
	if err := all[0].Close(); err != nil {
		t.Fatal(err)
	}
	fleettest.EventuallyWithin(t, 8*lease, "the deletion is taken over", func() bool { return taken.has(e) })
}

// What is revoked and not collected, since the caller has left or the network has failed in the middle, is deleted later.
func TestRevocationThatIsInterruptedIsCollectedLater(t *testing.T) {
	server := redistest.Start(t)
	for _, tc := range []struct {
		interruption string
		sel          store.Selector
	}{
		{"the caller leaves", store.Selector{Model: "secretmodel"}},
		{"answers are lost", store.Selector{Model: "secretmodel"}},
		{"the caller leaves", store.Selector{All: true}},
		{"answers are lost", store.Selector{All: true}},
	} {
		t.Run(tc.interruption, func(t *testing.T) {
			network := netfault.Start(t, server.Addr())
			f := fleettest.Open(t, fleet.Config{Addresses: []string{network.Addr()}, Lease: 100 * time.Millisecond})
			taken := takeOrphans(t, f)
			all := make([]*store.Entry, 1000)
			for i := range all {
				all[i] = fleettest.Token(fmt.Sprint("token", i), fmt.Sprint("user", i))
				fleettest.Put(t, f.Tokens(), all[i])
			}
			ctx, leave := context.WithCancel(t.Context())
			defer leave()
			defer f.OnRevoked(func(s store.Selector) {
				switch {
				case s != tc.sel:
				case tc.interruption == "the caller leaves":
					leave()
				default:
					network.Swallow(netfault.ToClient)
				}
			})()
			gone, err := f.Tokens().Evict(ctx, tc.sel)
			network.Heal(t)
			if err == nil || len(gone) == len(all) {
				t.Fatalf("Evict is complete although it was interrupted: %d, %v", len(gone), err)
			}
			collected := make(map[string]bool)
			for _, e := range gone {
				collected[string(e.Token)] = true
			}
			for _, e := range all {
				fleettest.Eventually(t, "the rest is collected", func() bool { return collected[string(e.Token)] || taken.has(e) })
			}
		})
	}
}

// An application closes a handler, and makes another one for the same fleet.
func TestDeletionsThatAreGivenUpGoToTheNextInThisProcess(t *testing.T) {
	f := fleettest.Open(t, fleet.Config{URL: redistest.Start(t).URL(), Lease: 100 * time.Millisecond})
	e := fleettest.Token("left", "alice")
	fleettest.Put(t, f.Tokens(), e)
	stop := f.Tokens().(store.Deleter).OnOrphaned(func([]*store.Entry) {})
	if _, err := f.Tokens().Evict(t.Context(), store.Selector{User: "alice"}); err != nil {
		t.Fatal(err)
	}
	stop()
	taken := takeOrphans(t, f)
	fleettest.Eventually(t, "the deletion is taken over", func() bool { return taken.has(e) })
}

// While keys are rotated, a replica may take over what it cannot read. It leaves that to one that can.
func TestDeletionThatCannotBeReadIsLeftToAnotherReplica(t *testing.T) {
	server := redistest.Start(t)
	client, space := server.Client(t), fleettest.Namespace()
	older, newer := bytes.Repeat([]byte("o"), 32), bytes.Repeat([]byte("n"), 32)
	join := func(keys ...[]byte) *fleet.Fleet {
		t.Helper()
		f, err := fleet.Open(t.Context(), fleet.Config{URL: server.URL(), Namespace: space, Keys: keys, Lease: 100 * time.Millisecond})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = f.Close() })
		return f
	}
	owners := func() map[string]string {
		all, err := client.Do(t.Context(), client.B().Hgetall().Key("{pme:"+space+"}:owners").Build()).AsStrMap()
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	blind, leaves := join(older), join(newer, older)
	e := fleettest.Token("left", "alice")
	fleettest.Put(t, leaves.Tokens(), e)
	if gone, err := leaves.Tokens().Evict(t.Context(), store.Selector{User: "alice"}); err != nil || len(gone) != 1 {
		t.Fatalf("Evict: %d, %v", len(gone), err)
	}
	first := slices.Collect(maps.Keys(owners()))
	takeOrphans(t, blind)
	_ = leaves.Close()
	fleettest.Eventually(t, "the replica that cannot read it has it", func() bool {
		now := slices.Collect(maps.Keys(owners()))
		return len(now) == 1 && !slices.Equal(first, now)
	})
	taken := takeOrphans(t, join(newer, older))
	_ = blind.Close()
	fleettest.Eventually(t, "the one that can read it deletes it", func() bool { return taken.has(e) })
}
