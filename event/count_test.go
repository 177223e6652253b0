package event_test

import (
	"fmt"
	"log/slog"
	"testing"

	"github.com/go-pme/pme/event"
)

func TestEventsAreCountedWhetherAnyoneListensOrNot(t *testing.T) {
	s := event.OrLog(nil, slog.New(slog.DiscardHandler))
	for range 3 {
		s.Emit(t.Context(), event.Event{Kind: event.TokenDenied, Reason: "no_rule"})
	}
	s.Counter(event.TokenReused, "cached").Add(2)
	s.Emit(t.Context(), event.Event{Kind: event.SignedIn})
	want := []event.Count{{event.SignedIn, "", 1}, {event.TokenDenied, "no_rule", 3}, {event.TokenReused, "cached", 2}}
	if got := s.Counts(); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestReasonsThatAreCountedApartAreBounded(t *testing.T) {
	s := event.OrLog(nil, slog.New(slog.DiscardHandler))
	for i := range 10_000 {
		s.Emit(t.Context(), event.Event{Kind: event.TokenDenied, Reason: fmt.Sprint("of the host's own ", i%1000)})
	}
	s.Emit(t.Context(), event.Event{Kind: event.SignedIn})
	var sum int64
	counts := s.Counts()
	for _, c := range counts {
		sum += c.Events
	}
	if len(counts) > 202 || sum != 10_001 {
		t.Errorf("%d counters count %d events", len(counts), sum)
	}
}

func BenchmarkCounter(b *testing.B) {
	n := event.OrLog(nil, slog.New(slog.DiscardHandler)).Counter(event.TokenReused, "cached")
	b.ReportAllocs()
	for b.Loop() {
		n.Add(1)
	}
}
