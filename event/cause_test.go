package event_test

import (
	"log/slog"
	"slices"
	"testing"

	"github.com/go-pme/pme/event"
)

func TestFirstCauseCounts(t *testing.T) {
	ctx := event.WithCause(t.Context(), event.Cause{By: "root", Reason: "admin"})
	ctx = event.WithCause(ctx, event.Cause{Reason: "rule"})
	if got := event.CauseOf(ctx); got != (event.Cause{By: "root", Reason: "admin"}) {
		t.Errorf("%+v", got)
	}
	if got := event.CauseOf(t.Context()); got != (event.Cause{}) {
		t.Errorf("%+v without a cause", got)
	}
}

// fromInfo is a listener that does not get debug events.
type fromInfo struct{ kept }

func (*fromInfo) EventLevel() slog.Level { return slog.LevelInfo }

func TestListenersGetTheLevelsThatTheyWant(t *testing.T) {
	l := new(fromInfo)
	s := newStream(t, event.Config{Listeners: []event.Listener{l}})
	if s.Wants(t.Context(), slog.LevelDebug) || !s.Wants(t.Context(), slog.LevelInfo) || !s.Kept() {
		t.Error("wants debug events, or no others")
	}
	all := new(kept)
	both := newStream(t, event.Config{Listeners: []event.Listener{l, all}})
	for _, level := range []slog.Level{slog.LevelDebug, slog.LevelInfo} {
		both.Emit(t.Context(), event.Event{Kind: event.TokenReused, Level: level})
	}
	closeStream(t, s)
	closeStream(t, both)
	if len(l.all()) != 1 || len(all.all()) != 2 {
		t.Errorf("%d and %d events, want 1 and 2", len(l.all()), len(all.all()))
	}
}

func TestEventsHaveTheNamesOfTheirModels(t *testing.T) {
	l := new(kept)
	s := newStream(t, event.Config{Listeners: []event.Listener{l}})
	stopFirst := s.UseNames(func(model string) string {
		if model == "bad" {
			panic("secret")
		}
		return map[string]string{"SxQL3iGyoDo": "Head office"}[model]
	})
	stopSecond := s.UseNames(func(model string) string { return map[string]string{"yyHDFKzPzvN": "Warehouse"}[model] })
	emit := func(level slog.Level, models ...string) {
		s.Emit(t.Context(), event.Event{Kind: event.TokenGranted, Level: level, Models: models})
	}
	emit(slog.LevelInfo, "SxQL3iGyoDo", "yyHDFKzPzvN", "RpcBbeJYb8K", "bad")
	emit(slog.LevelInfo, "RpcBbeJYb8K")
	emit(slog.LevelDebug, "SxQL3iGyoDo")
	stopFirst()
	emit(slog.LevelInfo, "SxQL3iGyoDo", "yyHDFKzPzvN")
	stopSecond()
	emit(slog.LevelInfo, "yyHDFKzPzvN")
	closeStream(t, s)
	for i, want := range [][]string{{"Head office", "Warehouse", "", ""}, nil, nil, {"", "Warehouse"}, nil} {
		if got := l.all()[i].Names; !slices.Equal(got, want) {
			t.Errorf("event %d names %q, want %q", i, got, want)
		}
	}
}
