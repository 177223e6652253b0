package telemetry

import (
	"errors"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
)

// gauges are the metrics of what is now, and the one counter that no event is in.
type gauges struct {
	ready    metric.Int64ObservableGauge
	degraded metric.Int64ObservableGauge
	dropped  metric.Int64ObservableCounter
}

func newGauges(meter metric.Meter) (g gauges, err error) {
	var errs [3]error
	g.ready, errs[0] = meter.Int64ObservableGauge("pme.ready",
		metric.WithDescription("1 if the handler takes requests, 0 if it is closing or misconfigured."))
	g.degraded, errs[1] = meter.Int64ObservableGauge("pme.part.degraded",
		metric.WithDescription("1 if the part does not work as it should, 0 if it does."))
	g.dropped, errs[2] = meter.Int64ObservableCounter("pme.events.dropped", metric.WithUnit("{event}"),
		metric.WithDescription("Events that a listener, such as an audit trail, was too slow to get."))
	return g, errors.Join(errs[:]...)
}

func (g *gauges) all() []metric.Observable {
	return []metric.Observable{g.ready, g.degraded, g.dropped}
}

// observe reports what a health handler says.
func (g *gauges) observe(o metric.Observer, r report) {
	o.ObserveInt64(g.ready, number(r.ready))
	for name, degraded := range r.parts {
		o.ObserveInt64(g.degraded, number(degraded), metric.WithAttributes(attribute.String("part", name)))
	}
}

func number(yes bool) int64 {
	if yes {
		return 1
	}
	return 0
}
