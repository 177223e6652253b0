package fleet_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/go-pme/pme/fleet"
	"github.com/go-pme/pme/fleet/internal/fleettest"
	"github.com/go-pme/pme/fleet/internal/redistest"
	"github.com/go-pme/pme/issuer"
	"github.com/go-pme/pme/issuer/store"
	"github.com/go-pme/pme/matterport"
)

// crowd is how many tokens live in the large benchmarks, each of a user of its own, ten to a model.
const crowd = 100_000

func crowdKey(n int) store.Key {
	return store.Key{User: fmt.Sprintf("user-%06d@example.com", n), Session: "phone", Models: fmt.Sprintf("model%06d", n/10)}
}

func crowdEntry(n int) *store.Entry {
	e := token(strconv.Itoa(n), "")
	e.Key = crowdKey(n)
	e.User.ID = e.Key.User
	e.Token = matterport.Secret(fmt.Sprintf("%040d", n)) // as long as one of Matterport's
	e.Link = "https://my.matterport.com/show?m=SxQL3iGyoDo&auth=Bearer+" + e.Token
	return e
}

// fill stores tokens, many at a time.
func fill(tb testing.TB, s store.Store, from, to int, change func(*store.Entry)) {
	tb.Helper()
	var all sync.WaitGroup
	next := make(chan int)
	for range 64 {
		all.Go(func() {
			for n := range next {
				e := crowdEntry(n)
				if change != nil {
					change(e)
				}
				c, err := s.Claim(tb.Context(), e.Key, s.Mark(), time.Minute)
				if err == nil {
					err = s.Put(tb.Context(), c, e, time.Hour)
				}
				if err != nil {
					tb.Errorf("token %d: %v", n, err)
				}
			}
		})
	}
	for n := from; n < to; n++ {
		next <- n
	}
	close(next)
	all.Wait()
}

// nanoseconds is what one call takes, measured over many.
func nanoseconds(n int, call func()) float64 {
	began := time.Now()
	for range n {
		call()
	}
	return float64(time.Since(began).Nanoseconds()) / float64(n)
}

// best is the least of some measurements: what else runs on the machine makes them greater only.
func best(measure func() float64) float64 {
	least := measure()
	for range 4 {
		least = min(least, measure())
	}
	return least
}

// cachedHit returns calls that find a token in memory: of a fleet, and of the store of a single process.
func cachedHit(tb testing.TB) (ours, memory func()) {
	tb.Helper()
	f := open(tb, fleet.Config{URL: redistest.Start(tb).URL()})
	get := func(s store.Store) func() {
		e := token("1", "alice")
		put(tb, s, e)
		ctx := context.Background()
		return func() {
			if got, err := s.Get(ctx, e.Key, s.Mark()); got == nil || err != nil {
				tb.Fatal(got, err)
			}
		}
	}
	ours = get(f.Tokens())
	for range 10 {
		ours()
	}
	return ours, get(issuer.NewMemory(issuer.MemoryConfig{}))
}

func BenchmarkCachedHit(b *testing.B) {
	ours, memory := cachedHit(b)
	for b.Loop() {
		ours()
	}
	least := func(call func()) float64 { return best(func() float64 { return nanoseconds(100_000, call) }) }
	hit, floor := least(ours), least(memory)
	b.ReportMetric(hit/floor, "x-memory")
	// A lease is over by a clock, which the store of a single process never asks for a hit.
	b.ReportMetric(hit/(floor+least(func() { _ = time.Now() })), "x-memory-and-clock")
}

func TestCachedHitAllocatesNothing(t *testing.T) {
	ours, _ := cachedHit(t)
	eventually(t, "a hit without an allocation", func() bool { return testing.AllocsPerRun(200, ours) == 0 })
}

// BenchmarkMiss reads a token that is not cached, and in the same run a value of the same length by a plain GET.
func BenchmarkMiss(b *testing.B) {
	server := redistest.Start(b)
	cfg := fleet.Config{URL: server.URL(), Namespace: namespace()}
	s, client := open(b, cfg).Tokens(), server.Client(b)
	const n = 2000
	fill(b, s, 0, n, nil)
	value := string(make([]byte, 700))
	if err := client.Do(b.Context(), client.B().Set().Key("plain").Value(value).Build()).Error(); err != nil {
		b.Fatal(err)
	}
	// Another replica has cached nothing.
	next := 0
	var fresh store.Store
	read := func() {
		if next%n == 0 {
			b.StopTimer()
			fresh = open(b, cfg).Tokens()
			b.StartTimer()
		}
		e, err := fresh.Get(b.Context(), crowdKey(next%n), fresh.Mark())
		next++
		if e == nil || err != nil {
			b.Fatal(e, err)
		}
	}
	var plain time.Duration
	calls := 0
	for b.Loop() {
		read()
		began := time.Now()
		if err := client.Do(b.Context(), client.B().Get().Key("plain").Build()).Error(); err != nil {
			b.Fatal(err)
		}
		plain += time.Since(began)
		calls++
	}
	get := float64(plain) / float64(calls)
	b.ReportMetric(get, "ns/plain-GET")
	b.ReportMetric((float64(b.Elapsed())/float64(calls)-get)/get, "x-plain-GET")
}

func BenchmarkClaimAndPut(b *testing.B) {
	server := redistest.Start(b)
	s, client := open(b, fleet.Config{URL: server.URL()}).Tokens(), server.Client(b)
	ping := func() {
		if err := client.Do(b.Context(), client.B().Set().Key("plain").Value("value").Build()).Error(); err != nil {
			b.Fatal(err)
		}
	}
	n := 0
	for b.Loop() {
		e := crowdEntry(n)
		n++
		c, err := s.Claim(b.Context(), e.Key, s.Mark(), time.Minute)
		if err = errors.Join(err, s.Put(b.Context(), c, e, time.Hour)); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n)/best(func() float64 { return nanoseconds(2000, ping) }), "x-plain-SET")
}

// BenchmarkMemory reports what a token takes in Redis.
func BenchmarkMemory(b *testing.B) {
	server := redistest.Start(b)
	s := open(b, fleet.Config{URL: server.URL()}).Tokens()
	used := func() int {
		n, err := strconv.Atoi(server.Info(b)["used_memory"])
		if err != nil {
			b.Fatal(err)
		}
		return n
	}
	const some = 20_000
	before, from := used(), 0
	for b.Loop() {
		fill(b, s, from, from+some, nil)
		from += some
	}
	b.ReportMetric(float64(used()-before)/float64(from), "bytes/token")
}

// BenchmarkEvict revokes while 100,000 tokens live, with three replicas.
func BenchmarkEvict(b *testing.B) {
	server := redistest.Start(b)
	all := fleettest.Group(b, 3, fleet.Config{URL: server.URL()})
	s := all[0].Tokens()
	fill(b, s, 0, crowd, nil)
	n := crowd
	measure := func(name string, tokens int, selector func(*store.Entry) store.Selector) {
		b.Run(name, func(b *testing.B) {
			var took []time.Duration
			for b.Loop() {
				b.StopTimer()
				n = (n + 9) / 10 * 10
				var last *store.Entry
				fill(b, s, n, n+tokens, func(e *store.Entry) {
					if tokens > 10 {
						e.Key.Models = "everyone"
					}
				})
				last = crowdEntry(n)
				n += tokens
				b.StartTimer()
				began := time.Now()
				gone, err := all[1].Tokens().Evict(b.Context(), selector(last))
				took = append(took, time.Since(began))
				if len(gone) != tokens || err != nil {
					b.Fatal(len(gone), err)
				}
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1e3, "ms-p50")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1e3, "ms-p99")
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(len(took)*tokens), "us/token")
		})
	}
	measure("user", 1, func(e *store.Entry) store.Selector { return store.Selector{User: e.Key.User} })
	measure("session", 1, func(e *store.Entry) store.Selector {
		return store.Selector{User: e.Key.User, Session: e.Key.Session}
	})
	measure("token", 1, func(e *store.Entry) store.Selector { return store.Selector{Token: e.Token} })
	measure("model of 10", 10, func(e *store.Entry) store.Selector { return store.Selector{Model: e.Key.Models} })
	measure("model of 10,000", 10_000, func(*store.Entry) store.Selector { return store.Selector{Model: "everyone"} })
}

// BenchmarkHitsWhileRevoked reads cached tokens while a thousand revocations a second go on.
func BenchmarkHitsWhileRevoked(b *testing.B) {
	server := redistest.Start(b)
	all := fleettest.Group(b, 3, fleet.Config{URL: server.URL()})
	s := all[0].Tokens()
	fill(b, s, 0, 100, nil)
	ctx, stop := context.WithCancel(context.Background())
	var evicting sync.WaitGroup
	var revoked int
	evicting.Go(func() {
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		for n := 0; ctx.Err() == nil; n++ {
			<-tick.C
			evicting.Go(func() { _, _ = all[1+n%2].Tokens().Evict(ctx, store.Selector{User: fmt.Sprint("other-", n)}) })
			revoked++
		}
	})
	var took []time.Duration
	began := time.Now()
	for n := 0; b.Loop(); n++ {
		at := time.Now()
		if e, err := s.Get(ctx, crowdKey(n%100), s.Mark()); e == nil && err == nil {
			b.Fatal("no token")
		}
		took = append(took, time.Since(at))
	}
	elapsed := time.Since(began)
	stop()
	evicting.Wait()
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*99/100].Nanoseconds())/1e3, "us-p99")
	b.ReportMetric(float64(took[len(took)*999/1000].Nanoseconds())/1e3, "us-p999")
	b.ReportMetric(float64(revoked)/elapsed.Seconds(), "revocations/s")
}
