package telemetry_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/trace"
	spanapi "go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/embedded"

	"github.com/go-pme/pme/telemetry"
)

// gone is a collector that hangs until its caller gives up or the test is over. It tells of calls.
type gone struct{ called, over chan struct{} }

func (g gone) hang(ctx context.Context) error {
	select {
	case g.called <- struct{}{}:
	default:
	}
	select {
	case <-ctx.Done():
	case <-g.over:
	}
	return errors.New("no collector")
}

// goneMetrics and goneSpans are the exporters to it.
type goneMetrics struct{ gone }

func (goneMetrics) Temporality(k metric.InstrumentKind) metricdata.Temporality {
	return metric.DefaultTemporalitySelector(k)
}

func (goneMetrics) Aggregation(k metric.InstrumentKind) metric.Aggregation {
	return metric.DefaultAggregationSelector(k)
}

func (g goneMetrics) Export(ctx context.Context, _ *metricdata.ResourceMetrics) error {
	return g.hang(ctx)
}
func (goneMetrics) ForceFlush(context.Context) error { return nil }
func (goneMetrics) Shutdown(context.Context) error   { return nil }

type goneSpans struct{ gone }

func (g goneSpans) ExportSpans(ctx context.Context, _ []trace.ReadOnlySpan) error { return g.hang(ctx) }
func (goneSpans) Shutdown(context.Context) error                                  { return nil }

// TestTokensDoNotNoticeThatTheCollectorIsGone asks for tokens, new and cached, while both exporters hang.
func TestTokensDoNotNoticeThatTheCollectorIsGone(t *testing.T) {
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(error) {})) // the SDK's complaints
	over := make(chan struct{})
	metrics, spans := goneMetrics{gone{make(chan struct{}, 1), over}}, goneSpans{gone{make(chan struct{}, 1), over}}
	meters := metric.NewMeterProvider(metric.WithReader(metric.NewPeriodicReader(metrics,
		metric.WithInterval(time.Millisecond), metric.WithTimeout(time.Minute))))
	tracers := trace.NewTracerProvider(trace.WithBatcher(spans,
		trace.WithBatchTimeout(time.Millisecond), trace.WithExportTimeout(time.Minute), trace.WithMaxQueueSize(2), trace.WithMaxExportBatchSize(1)))
	stream := newStream(t)
	o, err := telemetry.New(telemetry.Config{Events: stream, MeterProvider: meters, TracerProvider: tracers, Logger: quiet()})
	if err != nil {
		t.Fatal(err)
	}
	h, _ := site(t, stream, o.Transport)
	o.UseHealth(h.Health())
	<-metrics.called
	ask(h, office)
	<-spans.called
	for range 20 {
		if status := ask(h, office); status != http.StatusOK {
			t.Fatalf("a cached token: status %d", status)
		}
		if _, err := h.RevokeUser(t.Context(), "alice"); err != nil {
			t.Fatal(err)
		}
		if status := ask(h, office); status != http.StatusOK {
			t.Fatalf("a new token: status %d", status)
		}
	}
	close(over)
	_ = meters.Shutdown(context.Background())
	_ = tracers.Shutdown(context.Background())
	if err := o.Close(); err != nil {
		t.Error(err)
	}
}

// panicking is a provider whose tracer panics.
type panicking struct{ embedded.TracerProvider }

func (p panicking) Tracer(string, ...spanapi.TracerOption) spanapi.Tracer { return panickingTracer{} }

type panickingTracer struct{ embedded.Tracer }

func (panickingTracer) Start(context.Context, string, ...spanapi.SpanStartOption) (context.Context, spanapi.Span) {
	panic("what was said")
}

func TestAPanicOfWhatTheApplicationGaveEndsNothing(t *testing.T) {
	var log bytes.Buffer
	o := observe(t, telemetry.Config{TracerProvider: panicking{}, Logger: slog.New(slog.NewTextHandler(&log, nil))})
	h, _ := site(t, o.events, o.Transport)
	o.UseHealth(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("what was said") }))
	if status := ask(h, office); status != http.StatusOK {
		t.Errorf("status %d", status)
	}
	if n := o.values(t, "pme.token.requests")["outcome=granted reason=allowed "]; n != 1 {
		t.Errorf("%d tokens granted", n)
	}
	for _, where := range []string{`in="a span"`, "in=health"} {
		if !strings.Contains(log.String(), where) {
			t.Errorf("%s is not in the log: %s", where, &log)
		}
	}
	if strings.Contains(log.String(), "what was said") {
		t.Errorf("the log has what a panic said: %s", &log)
	}
}

func TestAnUnusableHealthHandlerIsNotReady(t *testing.T) {
	for name, h := range map[string]http.Handler{
		"not found": http.NotFoundHandler(),
		"no JSON":   http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) }),
	} {
		o := observe(t, telemetry.Config{})
		o.UseHealth(h)
		if got := o.values(t, "pme.ready"); len(got) != 1 || got[""] != 0 {
			t.Errorf("%s: %v", name, got)
		}
	}
	var log bytes.Buffer
	o := observe(t, telemetry.Config{Logger: slog.New(slog.NewTextHandler(&log, nil))})
	o.UseHealth(nil)
	if got := o.values(t, "pme.ready"); len(got) != 0 || log.Len() > 0 {
		t.Errorf("without a handler: %v %s", got, &log)
	}
}
