package telemetry_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	exporter "go.opentelemetry.io/otel/exporters/prometheus"
	"go.opentelemetry.io/otel/sdk/metric"

	"github.com/go-pme/pme"
	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/telemetry"
)

// An application serves its metrics to Prometheus. examples/metrics is the whole program.
func Example() {
	registry := prometheus.NewRegistry()
	toPrometheus, err := exporter.New(exporter.WithRegisterer(registry))
	if err != nil {
		fmt.Println(err)
		return
	}
	events, err := event.New(event.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		fmt.Println(err)
		return
	}
	t, err := telemetry.New(telemetry.Config{Events: events, MeterProvider: metric.NewMeterProvider(metric.WithReader(toPrometheus))})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = t.Close() }()
	cfg := pme.Config{Events: events, HTTPClient: &http.Client{Transport: t.Transport(nil)}} // and what else it needs
	h, err := pme.New(cfg)
	t.UseHealth(h.Health()) // also if New has failed: the handler is nil then, and never ready
	fmt.Println("error:", err != nil)

	w := httptest.NewRecorder()
	promhttp.HandlerFor(registry, promhttp.HandlerOpts{}).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	for line := range strings.Lines(w.Body.String()) {
		if strings.HasPrefix(line, "pme_ready{") {
			fmt.Println("pme_ready", line[strings.LastIndex(line, " ")+1:])
		}
	}
	// Output:
	// error: true
	// pme_ready 0
}
