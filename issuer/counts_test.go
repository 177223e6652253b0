package issuer_test

import (
	"log/slog"
	"testing"

	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/issuer"
)

// Metrics have to show refusals also where the log has warnings only.
func TestRefusalsAreCountedThoughNobodyListens(t *testing.T) {
	stream, err := event.New(event.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	r := newRig(t, func(cfg *issuer.Config) { cfg.Events = stream })
	r.refuse(t, issuer.ErrDenied, bob, office)
	r.issue(t, bob, warehouse)
	r.issue(t, bob, warehouse)
	counts := make(map[event.Kind]int64)
	for _, c := range stream.Counts() {
		counts[c.Kind] += c.Events
	}
	for _, kind := range []event.Kind{event.TokenDenied, event.TokenGranted, event.TokenReused} {
		if counts[kind] != 1 {
			t.Errorf("%q is counted %d times, want once: %v", kind, counts[kind], counts)
		}
	}
}
