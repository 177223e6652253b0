//go:build unix

package endurance_test

import (
	"slices"
	"testing"
	"time"

	"github.com/go-pme/pme/connect"
	"github.com/go-pme/pme/connect/sqlstore/internal/postgrestest"
	"github.com/go-pme/pme/connect/store"
	"github.com/go-pme/pme/matterport/matterporttest"
)

// BenchmarkToken measures a stored token, which is read each time: from each kind of database,
// as a multiple of one in memory, run in turn with it.
func BenchmarkToken(b *testing.B) {
	u := newUpstream(b, matterporttest.Config{})
	key := newKey()
	stores := map[string]store.Store{"memory": connect.NewMemory()}
	for _, s := range []site{
		{"sqlite", b.TempDir() + "/connections.db", key},
		{"postgres", postgrestest.Shared(b).Schema(b), key},
	} {
		store, closeStore, err := s.open(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		defer func() { _ = closeStore() }()
		stores[s.kind] = store
	}
	took := make(map[string][]float64)
	connections := make(map[string]*connect.Connections)
	for kind, store := range stores {
		connections[kind] = over(b, app(b, u.url, u.now), store)
		u.connectAccount(b, connections[kind], alice)
	}
	id := func(kind string) string {
		found, err := connections[kind].Find(b.Context(), alice, "")
		if err != nil {
			b.Fatal(err)
		}
		return found.ID
	}
	ids := map[string]string{"memory": id("memory"), "sqlite": id("sqlite"), "postgres": id("postgres")}
	for b.Loop() {
		for kind, c := range connections {
			const n = 100
			start := time.Now()
			for range n {
				if _, err := c.Token(b.Context(), alice, ids[kind]); err != nil {
					b.Fatal(err)
				}
			}
			took[kind] = append(took[kind], float64(time.Since(start))/n)
		}
	}
	median := func(kind string) float64 {
		slices.Sort(took[kind])
		return took[kind][len(took[kind])/2]
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(median("memory"), "ns/memory")
	b.ReportMetric(median("sqlite")/median("memory"), "sqlite/memory")
	b.ReportMetric(median("postgres")/median("memory"), "postgres/memory")
}
