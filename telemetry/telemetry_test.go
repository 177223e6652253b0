package telemetry_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/metric/noop"

	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/telemetry"
)

func TestNewReportsAMissingStream(t *testing.T) {
	_, err := telemetry.New(telemetry.Config{})
	if err == nil || !strings.Contains(err.Error(), "telemetry: Events is missing: give") {
		t.Error(err)
	}
}

// broken is a provider whose meter makes no observable counters.
type broken struct{ noop.MeterProvider }

type brokenMeter struct{ noop.Meter }

func (broken) Meter(string, ...metric.MeterOption) metric.Meter { return brokenMeter{} }

func (brokenMeter) Int64ObservableCounter(name string, _ ...metric.Int64ObservableCounterOption) (metric.Int64ObservableCounter, error) {
	return nil, errors.New("no " + name)
}

func TestNewReportsEveryInstrument(t *testing.T) {
	_, err := telemetry.New(telemetry.Config{Events: newStream(t), MeterProvider: broken{}})
	for _, name := range []string{"pme.token.requests", "pme.revocations", "pme.events.dropped", "pme.call.failures"} {
		if err == nil || !strings.Contains(err.Error(), "no "+name) {
			t.Errorf("%q is not in: %v", name, err)
		}
	}
}

func TestWithoutProvidersTheGlobalOnesAreUsed(t *testing.T) {
	o, err := telemetry.New(telemetry.Config{Events: newStream(t)})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(o.Close(), o.Close()); err != nil {
		t.Error(err)
	}
}

func TestRequestsForTokensAreCounted(t *testing.T) {
	o := observe(t, telemetry.Config{})
	h, up := site(t, o.events, o.Transport)
	o.UseHealth(h.Health())
	for range 3 {
		if status := ask(h, office); status != http.StatusOK {
			t.Fatalf("status %d", status)
		}
	}
	ask(h, "yyHDFKzPzvN")
	up.Fail("*", forbidden(), -1)
	if _, err := h.RevokeUser(t.Context(), "alice"); err != nil {
		t.Log(err)
	}
	ask(h, office)

	want := map[string]int64{
		"outcome=granted reason=allowed ":       1,
		"outcome=reused reason=cached ":         2,
		"outcome=denied reason=no_rule ":        1,
		"outcome=withheld reason=matterport ":   1,
		"outcome=withheld reason=not_recorded ": 0, // is there from the beginning
	}
	got := o.values(t, "pme.token.requests")
	for labels, n := range want {
		if v, ok := got[labels]; !ok || v != n {
			t.Errorf("%q: %d (%v), want %d", labels, v, ok, n)
		}
	}
	if n := o.values(t, "pme.revocations")["reason=application "]; n != 1 {
		t.Errorf("%d revocations", n)
	}
	if diff := cmp.Diff(map[string]int64{"": 1}, o.values(t, "pme.ready")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[string]int64{"part=matterport ": 1, "part=policy ": 0, "part=tokens ": 0}, o.values(t, "pme.part.degraded")); diff != "" {
		t.Error(diff)
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]int64{"": 0}, o.values(t, "pme.ready")); diff != "" {
		t.Error("after Close: ", diff)
	}
}

// blocked is a listener that takes its time.
type blocked struct{ until chan struct{} }

func (b blocked) Listen(event.Event) { <-b.until }

func TestDroppedEventsAreCounted(t *testing.T) {
	l := blocked{make(chan struct{})}
	stream, err := event.New(event.Config{Logger: quiet(), Listeners: []event.Listener{l}, Queue: 1})
	if err != nil {
		t.Fatal(err)
	}
	o := observe(t, telemetry.Config{Events: stream})
	for range 5 {
		stream.Emit(t.Context(), event.Event{Kind: event.SignedIn})
	}
	if n := o.values(t, "pme.events.dropped")[""]; n < 3 {
		t.Errorf("%d events dropped, want three at least", n)
	}
	close(l.until)
	if err := stream.Shutdown(context.Background()); err != nil {
		t.Error(err)
	}
}

func TestCloseEndsTheMetrics(t *testing.T) {
	o := observe(t, telemetry.Config{})
	if len(o.values(t, "pme.token.requests")) == 0 {
		t.Fatal("there are no metrics")
	}
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	if got := o.values(t, "pme.token.requests"); len(got) != 0 {
		t.Errorf("after Close there are %v", got)
	}
}
