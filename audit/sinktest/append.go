package sinktest

import (
	"crypto/rand"
	"slices"
	"strings"
	"testing"

	"github.com/go-pme/pme/audit"
	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/internal/suite"
)

func recordsComeBackInTheirOrder(t *testing.T, s sink) {
	c := newChain()
	var all []audit.Record
	for _, n := range []int{1, 2, 256, 1, 1100, 15, 16, 17} {
		records := c.some(n)
		all = append(all, records...)
		add(t, s, records...)
	}
	want(t, "Records", s, audit.Query{}, all...)
	n := 0
	for r, err := range s.Records(t.Context(), audit.Query{}) {
		if err != nil {
			t.Fatal(err)
		}
		if r.User != all[n].User || !r.Time.Equal(all[n].Time) || r.Number != all[n].Number {
			t.Fatalf("record %d is not what its line says: %+v", n+1, r)
		}
		n++
	}
}

func chainsAreKeptApart(t *testing.T, s sink) {
	a, b := newChain(), newChain()
	var all []audit.Record
	for range 3 {
		for _, c := range []*chain{a, b} {
			records := c.some(2)
			all = append(all, records...)
			add(t, s, records...)
		}
	}
	want(t, "Records", s, audit.Query{}, all...)
}

// Several processes can share a sink.
func manyChainsAtOnceLoseNothing(t *testing.T, s sink) {
	all := make([][]audit.Record, 8)
	suite.Together(len(all), func(i int) {
		c := newChain()
		for range 10 {
			records := c.some(5)
			if err := s.Append(t.Context(), records); err != nil {
				t.Errorf("Append: %v", err)
			}
			all[i] = append(all[i], records...)
		}
	})
	want(t, "Records", s, audit.Query{}, slices.Concat(all...)...)
}

// Whoever has got an error does not know whether the records are stored.
func appendAgainChangesNothing(t *testing.T, s sink) {
	c := newChain()
	first := c.some(3)
	add(t, s, first...)
	second := c.some(20)
	for range 3 {
		add(t, s, second...)
	}
	third := c.some(2)
	add(t, s, slices.Concat(second[10:], third)...)
	want(t, "Records", s, audit.Query{}, slices.Concat(first, second, third)...)
}

func appendReplacesFromItsFirstNumber(t *testing.T, s sink) {
	c, other := newChain(), newChain()
	apart := other.some(9)
	add(t, s, apart...)
	first := c.some(3)
	add(t, s, first...)
	add(t, s, c.some(5)...)
	replaced := from(first[2]).some(7)
	add(t, s, replaced...)
	want(t, "Records", s, audit.Query{}, slices.Concat(apart, first, replaced)...)

	again := from(replaced[1]).some(2)
	add(t, s, slices.Concat(replaced[:2], again)...)
	want(t, "Records after the second time", s, audit.Query{}, slices.Concat(apart, first, replaced[:2], again)...)

	whole := (&chain{id: c.id}).some(4)
	add(t, s, whole...)
	want(t, "Records after the third time", s, audit.Query{}, slices.Concat(apart, whole)...)
}

func shorterEndReplacesALongerOne(t *testing.T, s sink) {
	c := newChain()
	first := c.some(30)
	add(t, s, first...)
	add(t, s, first[10:12]...)
	want(t, "Records", s, audit.Query{}, first[:12]...)
	want(t, "Records by model", s, audit.Query{Model: "Plant 3"}, first[:12]...)
}

func appendOfNothingChangesNothing(t *testing.T, s sink) {
	first := newChain().some(2)
	add(t, s, first...)
	add(t, s)
	want(t, "Records", s, audit.Query{}, first...)
}

// Texts are chosen by those about whom records are.
func anyTextComesBack(t *testing.T, s sink) {
	c := newChain()
	var all []audit.Record
	for _, text := range []string{
		"", " ", "a\x00b", "\x00", "\xff\xfe", "a\nb\r\n", `"quoted"`, `back\slash`, "O'Brien'; DROP TABLE users --", "%_*?[a]", "$1", "Köln \u2028 🏠",
		"<script>", strings.Repeat("x", 20_000), random(20_000), strings.Repeat("ü", 20_000), "a\u0308", "ä", "\u202e",
	} {
		all = append(all, c.next(audit.Record{
			Time: start, Kind: event.Kind("kind " + text), User: text, Session: text, Models: []string{text, text, "B"}, Names: []string{text, text}, Detail: text,
		}))
	}
	add(t, s, all...)
	want(t, "Records", s, audit.Query{}, all...)
	for i := range all {
		r := &all[i]
		want(t, "Records by user", s, audit.Query{Users: []string{r.User}}, selected(audit.Query{Users: []string{r.User}}, all)...)
		want(t, "Records by kind", s, audit.Query{Kinds: []event.Kind{r.Kind}}, selected(audit.Query{Kinds: []event.Kind{r.Kind}}, all)...)
		want(t, "Records by model", s, audit.Query{Model: r.Names[0]}, selected(audit.Query{Model: r.Names[0]}, all)...)
	}
}

// random returns a text that cannot be compressed.
func random(length int) (text string) {
	for len(text) < length {
		text += rand.Text()
	}
	return text
}

func selected(q audit.Query, all []audit.Record) (records []audit.Record) {
	for i := range all {
		if q.Selects(&all[i]) {
			records = append(records, all[i])
		}
	}
	return records
}
