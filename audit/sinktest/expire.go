package sinktest

import (
	"slices"
	"testing"
	"time"

	"github.com/go-pme/pme/audit"
	"github.com/go-pme/pme/event"
)

// expirer is the sink as one that deletes. It skips the test of another one.
func expirer(t *testing.T, s sink) audit.Expirer {
	t.Helper()
	e, ok := s.(audit.Expirer)
	if !ok {
		t.Skip("the sink is no audit.Expirer")
	}
	return e
}

func wantExpired(t *testing.T, s sink, before time.Time, want int) {
	t.Helper()
	if chains, err := expirer(t, s).Expire(t.Context(), before); err != nil || chains != want {
		t.Errorf("Expire of what is before %v = %d, %v; want %d chains", before, chains, err, want)
	}
}

// timed returns a chain of records that are so many seconds later than start.
func timed(seconds ...int) (records []audit.Record) {
	c := newChain()
	for _, n := range seconds {
		records = append(records, c.next(audit.Record{
			Time: start.Add(time.Duration(n) * time.Second), Kind: event.SpaceViewed, User: "bob", Models: []string{"A"},
		}))
	}
	return records
}

func expireDeletesWholeChainsOnly(t *testing.T, s sink) {
	expirer(t, s)
	chains := [][]audit.Record{
		timed(0), timed(0, 1, 2, 3), timed(3, 2, 1), timed(0, 1, 60), timed(60, 1, 2), timed(1, 60, 2), timed(slices.Repeat([]int{1}, 2500)...),
	}
	for _, records := range chains {
		add(t, s, records...)
	}
	for _, step := range []struct {
		seconds, gone int
	}{{-1, 0}, {0, 0}, {1, 1}, {3, 1}, {4, 2}, {4, 0}, {60, 0}, {61, 3}} {
		before := start.Add(time.Duration(step.seconds) * time.Second)
		wantExpired(t, s, before, step.gone)
		chains = slices.DeleteFunc(chains, func(records []audit.Record) bool {
			return !slices.ContainsFunc(records, func(r audit.Record) bool { return !r.Time.Before(before) })
		})
		all := slices.Concat(chains...)
		want(t, "Records after Expire", s, audit.Query{}, all...)
		want(t, "Records by model after Expire", s, audit.Query{Model: "A"}, all...)
	}
}

func expireDeletesNothingThatIsNotTooOld(t *testing.T, s sink) {
	expirer(t, s)
	records := timed(0, 0, 0)
	add(t, s, records...)
	wantExpired(t, s, start, 0)
	want(t, "Records", s, audit.Query{}, records...)
	wantExpired(t, s, start.Add(time.Second), 1)
	want(t, "Records", s, audit.Query{})
}

// A trail of which the oldest chains have expired is whole.
func chainsGoOnAfterOthersAreExpired(t *testing.T, s sink) {
	expirer(t, s)
	c := newChain()
	add(t, s, c.some(3)...)
	next := newChain()
	next.hash = c.hash
	first := next.next(audit.Record{Time: start.Add(24 * time.Hour), Kind: audit.TrailBegan, After: c.id})
	add(t, s, first)
	wantExpired(t, s, start.Add(time.Hour), 1)
	second := next.next(audit.Record{Time: start.Add(25 * time.Hour), Kind: audit.RecordsExpired, Count: 1, Until: start.Add(time.Hour)})
	add(t, s, second)
	want(t, "Records", s, audit.Query{}, first, second)
	if v, err := audit.Verify(t.Context(), s, nil); err != nil || !v.OK() {
		t.Errorf("Verify = %+v, %v", v, err)
	}
}
