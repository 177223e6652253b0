package issuer_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/go-pme/pme/issuer"
	"github.com/go-pme/pme/issuer/store"
	"github.com/go-pme/pme/matterport"
)

const crowd = 100_000

// filled is a store with one token each for 100,000 users, all of them for one model. Its bound is at so many.
func filled(b *testing.B, bound int) store.Store {
	b.Helper()
	m := issuer.NewMemory(issuer.MemoryConfig{MaxEntries: bound})
	fillAgain(b, m)
	return m
}

func fillAgain(b *testing.B, m store.Store) {
	b.Helper()
	for i := range crowd {
		k := store.Key{User: fmt.Sprintf("user-%06d@example.com", i), Models: office}
		c, err := m.Claim(b.Context(), k, m.Mark(), time.Minute)
		if err != nil {
			b.Fatal(err)
		}
		e := &store.Entry{Key: k, Token: matterport.Secret(fmt.Sprint("t", i)), ValidUntil: time.Now().Add(time.Hour)}
		if err := m.Put(b.Context(), c, e, time.Hour); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkClaim measures a claim, and its release if it is had, at the loads that an attacker can bring about.
func BenchmarkClaim(b *testing.B) {
	measure := func(b *testing.B, m store.Store, want error) {
		b.Helper()
		mark, n := m.Mark(), 0
		for b.Loop() {
			n++
			k := store.Key{User: fmt.Sprintf("other-%d", n%5000), Models: office}
			c, err := m.Claim(b.Context(), k, mark, time.Minute)
			if !errors.Is(err, want) {
				b.Fatal(err)
			}
			_ = m.Release(b.Context(), k, c)
		}
	}
	b.Run("100,000 tokens", func(b *testing.B) { measure(b, filled(b, 2*crowd), nil) })
	b.Run("full store", func(b *testing.B) { measure(b, filled(b, crowd), store.ErrFull) })
	b.Run("20,000 claims", func(b *testing.B) {
		m := issuer.NewMemory(issuer.MemoryConfig{})
		for i := range 20_000 {
			if _, err := m.Claim(b.Context(), store.Key{User: fmt.Sprint("u", i), Models: office}, m.Mark(), time.Hour); err != nil {
				b.Fatal(err)
			}
		}
		measure(b, m, nil)
	})
	b.Run("one user's 99 claims", func(b *testing.B) {
		m := issuer.NewMemory(issuer.MemoryConfig{})
		for i := range 99 {
			if _, err := m.Claim(b.Context(), store.Key{User: "other-1", Models: fmt.Sprint(i)}, m.Mark(), time.Hour); err != nil {
				b.Fatal(err)
			}
		}
		mark := m.Mark()
		for b.Loop() {
			k := store.Key{User: "other-1", Models: office}
			c, err := m.Claim(b.Context(), k, mark, time.Minute)
			if err != nil {
				b.Fatal(err)
			}
			_ = m.Release(b.Context(), k, c)
		}
	})
	b.Run("4,096 evictions since", func(b *testing.B) {
		m := filled(b, 2*crowd)
		mark := m.Mark()
		for i := range 4096 {
			_, _ = m.Evict(b.Context(), store.Selector{User: fmt.Sprint("evicted", i)})
		}
		k := store.Key{User: "other", Models: office}
		for b.Loop() {
			c, err := m.Claim(b.Context(), k, mark, time.Minute)
			if err != nil {
				b.Fatal(err)
			}
			_ = m.Release(b.Context(), k, c)
		}
	})
}

// BenchmarkStall revokes a model that 100,000 users have open, and reports the longest that a claim of another user
// waited meanwhile; and the same for claims in another store, which is what the scheduler and the collector of
// garbage cost in any case.
func BenchmarkStall(b *testing.B) {
	b.Run("floor", func(b *testing.B) { stall(b, true) })
	b.Run("store", func(b *testing.B) { stall(b, false) })
}

func stall(b *testing.B, apart bool) {
	b.Helper()
	var longest time.Duration
	for b.Loop() {
		b.StopTimer()
		m := filled(b, 2*crowd)
		claimed := m
		if apart {
			claimed = issuer.NewMemory(issuer.MemoryConfig{})
		}
		b.StartTimer()
		done := make(chan struct{})
		go func() {
			defer close(done)
			if out, _ := m.Evict(b.Context(), store.Selector{Model: office}); len(out) != crowd {
				b.Error(len(out), "evicted")
			}
		}()
		longest = max(longest, longestClaim(b, claimed, done))
	}
	b.ReportMetric(float64(longest)/1e6, "ms-longest")
}

func longestClaim(b *testing.B, m store.Store, done <-chan struct{}) (longest time.Duration) {
	b.Helper()
	for n := 0; ; n++ {
		select {
		case <-done:
			return longest
		default:
		}
		k := store.Key{User: fmt.Sprint("other-", n), Models: warehouse}
		start := time.Now()
		c, err := m.Claim(b.Context(), k, m.Mark(), time.Minute)
		longest = max(longest, time.Since(start))
		if err != nil {
			b.Fatal(err)
		}
		_ = m.Release(b.Context(), k, c)
	}
}
