package telemetry

import (
	"errors"
	"log/slog"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"

	"github.com/go-pme/pme/event"
)

// Config configures [New]. Events is required.
type Config struct {
	// Events counts what happens: the stream that pme and the gate have in their Config.
	Events *event.Stream

	// MeterProvider takes the metrics. Default: OpenTelemetry's global one. Give one provider to one Telemetry only: two
	// would report the same metrics.
	MeterProvider metric.MeterProvider

	// TracerProvider takes the spans. Default: OpenTelemetry's global one.
	TracerProvider trace.TracerProvider

	// Logger gets a record if a provider or a health handler panics. Default: slog.Default().
	Logger *slog.Logger
}

func (cfg Config) withDefaults() Config {
	if cfg.MeterProvider == nil {
		cfg.MeterProvider = otel.GetMeterProvider()
	}
	if cfg.TracerProvider == nil {
		cfg.TracerProvider = otel.GetTracerProvider()
	}
	cfg.Logger = event.LoggerOr(cfg.Logger)
	return cfg
}

func (cfg Config) validate() error {
	if cfg.Events == nil {
		return errors.New("telemetry: Events is missing: give the stream that pme.Config and the gate have")
	}
	return nil
}
