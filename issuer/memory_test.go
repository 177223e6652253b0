package issuer_test

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/issuer"
	"github.com/go-pme/pme/issuer/store"
	"github.com/go-pme/pme/issuer/storetest"
	"github.com/go-pme/pme/matterport"
)

func TestMemory(t *testing.T) {
	storetest.Run(t, func(_ *testing.T, b storetest.Bounds) store.Store {
		return issuer.NewMemory(issuer.MemoryConfig{MaxEntries: b.MaxEntries, MaxPerUser: b.MaxPerUser})
	})
}

// BenchmarkMemoryPerToken fills a store with one token each for 100,000 users, all that belongs to
// them included, and reports the bytes that each takes.
func BenchmarkMemoryPerToken(b *testing.B) {
	const n = 100_000
	for b.Loop() {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		m := issuer.NewMemory(issuer.MemoryConfig{MaxEntries: n})
		for i := range n {
			u := &identity.User{ID: fmt.Sprintf("user-%06d@example.com", i)}
			token := fmt.Sprintf("%064d", i)
			e := &store.Entry{
				Key:        store.Key{User: u.ID, Models: fmt.Sprintf("%011d", i)},
				Token:      matterport.Secret(token),
				Link:       matterport.Secret("https://my.matterport.com/show?m=SxQL3iGyoDo&auth=Bearer+" + token),
				ValidUntil: time.Now().Add(time.Hour),
				User:       u,
			}
			c, err := m.Claim(b.Context(), e.Key, m.Mark(), time.Minute)
			if err != nil {
				b.Fatal(err)
			}
			if err := m.Put(b.Context(), c, e, time.Hour); err != nil {
				b.Fatal(err)
			}
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/n, "B/token")
		runtime.KeepAlive(m)
	}
}
