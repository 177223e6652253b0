package issuer_test

import (
	"log/slog"
	"runtime"
	"testing"
	"time"

	"github.com/go-pme/pme/issuer"
	"github.com/go-pme/pme/issuer/store"
)

// inUse returns the memory that is in use: the heap, and the stacks of goroutines.
func inUse() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapInuse + m.StackInuse
}

// BenchmarkRevokeEverything revokes 100,000 tokens. It reports how long the store takes, and while the deletions are under way the
// memory and goroutines that they need, and how long the deletion of one more token takes that is revoked meanwhile.
func BenchmarkRevokeEverything(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		m := filled(b, 2*crowd)
		up := &slowUpstream{upstream: &upstream{live: make(map[string]string)}}
		iss, err := issuer.New(issuer.Config{
			Matterport: up, Store: m, Logger: slog.New(slog.DiscardHandler),
			Policy: &rules{models: map[string][]string{"alice": {office}}},
		})
		if err != nil {
			b.Fatal(err)
		}
		before, goroutines := inUse(), runtime.NumGoroutine()
		b.StartTimer()
		began := time.Now()
		if out, _ := m.Evict(b.Context(), store.Selector{All: true}); len(out) != crowd {
			b.Fatal(len(out), "evicted")
		}
		b.ReportMetric(float64(time.Since(began).Microseconds())/1000, "ms-evict")
		b.StopTimer()
		fillAgain(b, m)
		b.StartTimer()
		began = time.Now()
		out, err := iss.Revoke(b.Context(), store.Selector{All: true})
		if err != nil || out.Tokens != crowd {
			b.Fatal(out, err)
		}
		b.ReportMetric(time.Since(began).Seconds(), "s-revoke")
		b.ReportMetric(float64(runtime.NumGoroutine()-goroutines), "goroutines")
		b.ReportMetric(float64(inUse()-before)/1e6, "MB")
		if _, err := iss.Issue(b.Context(), alice, office); err != nil {
			b.Fatal(err)
		}
		began = time.Now()
		out, err = iss.Revoke(b.Context(), store.Selector{User: "alice"})
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(time.Since(began).Seconds(), "s-next-revoke")
		b.ReportMetric(float64(out.Pending), "next-pending")
		b.StopTimer()
		_ = iss.Close()
		b.StartTimer()
	}
}
