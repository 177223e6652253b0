package telemetry

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"

	"github.com/go-pme/pme/event"
)

// scope is the name of the instrumentation, which spans and metrics have.
const scope = "github.com/go-pme/pme/telemetry"

// Telemetry observes one pme. Make it by [New]. It is safe for concurrent use.
type Telemetry struct {
	events  *event.Stream
	log     *slog.Logger
	tracer  trace.Tracer
	now     func() time.Time
	counts  []*tally
	gauges  gauges
	calls   calls
	health  atomic.Pointer[http.Handler]
	observe metric.Registration

	mu     sync.Mutex
	own    []*http.Transport // which Close closes
	closed bool
}

// New registers the metrics of cfg.Events. They begin at zero, so that the first refusal is an increase. The error reports
// everything that is wrong with cfg.
func New(cfg Config) (*Telemetry, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	cfg = cfg.withDefaults()
	t := &Telemetry{events: cfg.Events, log: cfg.Logger, now: time.Now, tracer: cfg.TracerProvider.Tracer(scope)}
	if err := t.register(cfg.MeterProvider.Meter(scope)); err != nil {
		return nil, fmt.Errorf("telemetry: the metrics cannot be registered: %w", err)
	}
	return t, nil
}

// register makes all instruments, also if some fail.
func (t *Telemetry) register(meter metric.Meter) error {
	var errs [4]error
	t.counts, errs[0] = newTallies(meter)
	t.gauges, errs[1] = newGauges(meter)
	t.calls, errs[2] = newCalls(meter)
	if err := errors.Join(errs[:]...); err != nil {
		return err
	}
	all := append(t.gauges.all(), t.calls.observed()...)
	for _, one := range t.counts {
		all = append(all, one.instrument)
	}
	t.observe, errs[3] = meter.RegisterCallback(t.collect, all...)
	return errs[3]
}

// UseHealth has the metrics say which parts h reports as degraded, and whether it is ready: give it Handler.Health of pme,
// or what health.NewHandler returns. It is asked for readyz whenever metrics are collected, which takes up to a
// second if a check hangs. Without it there are no such metrics. A later call replaces h.
func (t *Telemetry) UseHealth(h http.Handler) { t.health.Store(&h) }

// collect observes everything. What it fails to observe is missing, and the rest is not.
func (t *Telemetry) collect(ctx context.Context, o metric.Observer) error {
	t.survive("counts", func() { t.observeCounts(o) })
	t.survive("calls", func() { t.calls.observe(o) })
	t.survive("health", func() { t.observeHealth(ctx, o) })
	return nil
}

func (t *Telemetry) observeCounts(o metric.Observer) {
	counts := t.events.Counts()
	for _, one := range t.counts {
		one.observe(o, counts)
	}
	o.ObserveInt64(t.gauges.dropped, t.events.Dropped())
}

// survive calls f, which calls what the application gave. Metrics and spans must not end a request or the process.
func (t *Telemetry) survive(what string, f func()) {
	defer func() {
		if recover() == nil { // the value may hold anything
			return
		}
		defer func() { _ = recover() }() // a panic of the log's handler
		t.log.LogAttrs(context.Background(), slog.LevelError, "telemetry panicked",
			slog.String("in", what), slog.String("stack", string(debug.Stack())))
	}()
	f()
}

// Close ends the metrics and closes the idle connections of the transports that [Telemetry.Transport] has made. Transports go on
// working. It does NOT shut the providers down: they are the application's. Closing twice is no error.
func (t *Telemetry) Close() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, transport := range t.own {
		transport.CloseIdleConnections()
	}
	if t.closed {
		return nil
	}
	t.closed = true
	if err := t.observe.Unregister(); err != nil {
		return fmt.Errorf("telemetry: the metrics are not unregistered: %w", err)
	}
	return nil
}
