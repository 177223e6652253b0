package telemetry

import (
	"errors"
	"slices"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/go-pme/pme/event"
)

// A counter is a metric that counts events.
type counter struct {
	name, unit, text string
	series           []series
}

// A series is one combination of a counter's labels, and the events that it counts. The combinations are a closed list: a
// reason may be the word of a policy of the host's.
type series struct {
	labels  []attribute.KeyValue
	kind    event.Kind
	reasons []string // none: all reasons of the kind that no other series has
}

// A tally is a counter that is registered.
type tally struct {
	counter
	instrument metric.Int64ObservableCounter
	options    []metric.ObserveOption // of each series
}

func newTallies(meter metric.Meter) ([]*tally, error) {
	var all []*tally
	var errs []error
	for _, c := range counters {
		instrument, err := meter.Int64ObservableCounter(c.name, metric.WithUnit(c.unit), metric.WithDescription(c.text))
		errs = append(errs, err)
		t := &tally{counter: c, instrument: instrument}
		for _, s := range c.series {
			t.options = append(t.options, metric.WithAttributeSet(attribute.NewSet(s.labels...)))
		}
		all = append(all, t)
	}
	return all, errors.Join(errs...)
}

// observe reports every series, also those that are zero.
func (t *tally) observe(o metric.Observer, counts []event.Count) {
	sums := make([]int64, len(t.series))
	for _, c := range counts {
		if i := t.find(c.Kind, c.Reason); i >= 0 {
			sums[i] += c.Events
		}
	}
	for i, sum := range sums {
		o.ObserveInt64(t.instrument, sum, t.options[i])
	}
}

// find returns the index of the series that counts such events, or -1.
func (c *counter) find(kind event.Kind, reason string) int {
	rest := -1
	for i, s := range c.series {
		switch {
		case s.kind != kind:
		case len(s.reasons) == 0:
			rest = i
		case slices.Contains(s.reasons, reason):
			return i
		}
	}
	return rest
}
