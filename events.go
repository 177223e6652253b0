package pme

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/health"
	"github.com/go-pme/pme/internal/rescue"
)

// tell emits the events of h itself, until stop is called: what it is made of, which version of the policy is in force,
// and which parts are in trouble. It gives the events the names of models.
func (h *Handler) tell(alive context.Context, events *event.Stream, parts []health.Part) (stop func()) {
	name := h.catalog.KnownName
	if events.Kept() {
		name = h.catalog.Name
	}
	forget := events.UseNames(name)
	events.Emit(alive, event.Event{Kind: event.Configured, Level: slog.LevelInfo, Policy: access.VersionOf(h.policy), Detail: describe(parts)})
	ctx, cancel := context.WithCancel(alive)
	var watching sync.WaitGroup
	watching.Go(func() {
		health.Watch(ctx, parts, func(c health.Change) {
			rescue.Call(h.log, "the event stream", func() { events.Emit(ctx, trouble(c)) })
		})
	})
	return func() {
		cancel()
		watching.Wait()
		forget()
	}
}

func describe(parts []health.Part) string {
	names := make([]string, len(parts))
	for i, part := range parts {
		names[i] = part.Name
	}
	slices.Sort(names)
	return "parts: " + strings.Join(slices.Compact(names), ", ")
}

func trouble(c health.Change) event.Event {
	e := event.Event{Kind: event.TroubleBegan, Level: slog.LevelWarn, Part: c.Part, Detail: string(c.Trouble), From: c.Since}
	if c.Trouble == "" {
		e.Kind, e.Level = event.TroubleEnded, slog.LevelInfo
	}
	return e
}
