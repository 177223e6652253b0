package issuer_test

import (
	"sync"
	"testing"
	"time"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/issuer"
)

// BenchmarkHerd lets 10,000 callers wait for one mint of 50 ms, and in turn with it 10,000 goroutines
// sleep for as long, and reports how much longer the callers take.
func BenchmarkHerd(b *testing.B) {
	const n, takes = 10_000, 50 * time.Millisecond
	var herds, sleepers time.Duration
	together := func(f func()) time.Duration {
		var wg sync.WaitGroup
		start := time.Now()
		for range n {
			wg.Go(f)
		}
		wg.Wait()
		return time.Since(start)
	}
	for b.Loop() {
		sleepers += together(func() { time.Sleep(takes) })

		up := &upstream{live: make(map[string]string), takes: takes}
		iss, err := issuer.New(issuer.Config{Matterport: up, Policy: &rules{models: map[string][]string{"alice": {office}}}})
		if err != nil {
			b.Fatal(err)
		}
		herds += together(func() {
			if _, err := iss.Issue(b.Context(), &identity.User{ID: "alice"}, office); err != nil {
				b.Error(err)
			}
		})
		if mints, _, _ := up.count(); mints != 1 {
			b.Fatalf("%d mints, want 1", mints)
		}
		_ = iss.Close()
	}
	b.ReportMetric(float64(herds)/float64(sleepers), "x-sleepers")
}
