package telemetry

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/go-pme/pme/event"
)

// What a call is for. More words would cost a histogram each.
const (
	callMint = iota
	callMatterport
	callOther
	callKinds
)

var callWords = [callKinds]string{"mint", "matterport", event.Other}

// How a call can fail.
const (
	answeredNot     = iota // no connection, no answer in time, or half of one
	answeredRefused        // a status from 400 to 499
	answeredFailed         // a status from 500
	failureKinds
)

var failureWords = [failureKinds]string{"no_answer", "refused", "failed"}

// buckets are the seconds at which the durations are told apart. A visitor waits for a mint; an attempt has 10 s.
var buckets = []float64{0.1, 0.25, 0.5, 1, 2.5, 10}

// calls measure what leaves the process.
type calls struct {
	duration metric.Float64Histogram
	active   metric.Int64ObservableUpDownCounter
	failures metric.Int64ObservableCounter

	running *atomic.Int64
	failed  *[callKinds][failureKinds]atomic.Int64
	labels  [callKinds]metric.MeasurementOption
}

func newCalls(meter metric.Meter) (c calls, err error) {
	var errs [3]error
	c.duration, errs[0] = meter.Float64Histogram("pme.call.duration", metric.WithUnit("s"),
		metric.WithDescription("How long calls to Matterport and to others took, until the end of the answer."),
		metric.WithExplicitBucketBoundaries(buckets...))
	c.active, errs[1] = meter.Int64ObservableUpDownCounter("pme.calls.active", metric.WithUnit("{call}"),
		metric.WithDescription("Calls that have not ended."))
	c.failures, errs[2] = meter.Int64ObservableCounter("pme.call.failures", metric.WithUnit("{call}"),
		metric.WithDescription("Calls that got no answer, or one with an error status."))
	c.running, c.failed = new(atomic.Int64), new([callKinds][failureKinds]atomic.Int64)
	for i, word := range callWords {
		c.labels[i] = metric.WithAttributeSet(attribute.NewSet(attribute.String("call", word)))
	}
	return c, errors.Join(errs[:]...)
}

func (c *calls) observed() []metric.Observable { return []metric.Observable{c.active, c.failures} }

func (c *calls) observe(o metric.Observer) {
	o.ObserveInt64(c.active, c.running.Load())
	for i, call := range callWords {
		for j, failure := range failureWords {
			o.ObserveInt64(c.failures, c.failed[i][j].Load(),
				metric.WithAttributes(attribute.String("call", call), attribute.String("error", failure)))
		}
	}
}

// ended takes in a call that has ended: failure is its index, or -1.
func (c *calls) ended(ctx context.Context, kind, failure int, took time.Duration) {
	c.running.Add(-1)
	if failure >= 0 {
		c.failed[kind][failure].Add(1)
	}
	c.duration.Record(ctx, took.Seconds(), c.labels[kind])
}

// kindOf says what a call to Matterport is for, by its operation. Without one the call goes elsewhere.
func kindOf(operation string) int {
	switch operation {
	case "":
		return callOther
	case "createEmbedLink", "createEmbedToken":
		return callMint
	}
	return callMatterport
}
