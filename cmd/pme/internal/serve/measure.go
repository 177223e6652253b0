package serve

import (
	"context"
	"errors"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	otelprometheus "go.opentelemetry.io/otel/exporters/prometheus"
	"go.opentelemetry.io/otel/sdk/metric"

	"github.com/go-pme/pme/telemetry"
)

// measure makes the metrics, if they have an address.
func (b *builder) measure() {
	if b.cfg.Metrics.Addr == "" || b.events == nil {
		return
	}
	registry := prometheus.NewRegistry()
	err := errors.Join(
		registry.Register(collectors.NewGoCollector()),
		registry.Register(collectors.NewProcessCollector(collectors.ProcessCollectorOpts{})),
	)
	exporter, exporterErr := otelprometheus.New(otelprometheus.WithRegisterer(registry))
	if err := errors.Join(err, exporterErr); err != nil {
		b.problems.note(ProblemOf("metrics", err))
		return
	}
	provider := metric.NewMeterProvider(metric.WithReader(exporter))
	b.g.closers = append(b.g.closers, func(ctx context.Context) error { return provider.Shutdown(ctx) })
	b.measured, err = telemetry.New(telemetry.Config{Events: b.events, MeterProvider: provider, Logger: b.log})
	if err != nil {
		b.problems.explain(err, glossary{part: "metrics"})
		return
	}
	b.g.onClose(b.measured.Close)
	b.g.metrics = promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
}

// client returns the client of calls that leave the process, if they are measured. Otherwise each package has its own.
func (b *builder) client() *http.Client {
	if b.measured == nil {
		return nil
	}
	return &http.Client{Transport: b.measured.Transport(nil)}
}
