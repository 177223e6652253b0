package telemetry

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/go-pme/pme/matterport"
)

var errPanicked = errors.New("telemetry: the transport panicked")

// A call is one request that leaves the process. Its end can come from several goroutines, and counts once.
type call struct {
	t      *Telemetry
	ctx    context.Context
	span   trace.Span // nil if there is none
	kind   int
	start  time.Time
	status int
	once   sync.Once
}

// begin starts to measure r.
func (t *Telemetry) begin(r *http.Request) *call {
	operation := matterport.OperationOf(r.Context())
	c := &call{t: t, ctx: r.Context(), kind: kindOf(operation), start: t.now()}
	t.calls.running.Add(1)
	t.survive("a span", func() {
		c.ctx, c.span = t.tracer.Start(r.Context(), spanName(r, operation),
			trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(attributesOf(r, operation)...))
	})
	return c
}

func spanName(r *http.Request, operation string) string {
	if operation == "" {
		return method(r)
	}
	return "matterport " + operation
}

// attributesOf says where r goes, in the words of OpenTelemetry's conventions.
func attributesOf(r *http.Request, operation string) []attribute.KeyValue {
	all := []attribute.KeyValue{
		attribute.String("http.request.method", method(r)),
		attribute.String("server.address", r.URL.Hostname()),
	}
	if port, err := strconv.Atoi(r.URL.Port()); err == nil {
		all = append(all, attribute.Int("server.port", port))
	}
	if operation != "" {
		all = append(all, attribute.String("matterport.operation", operation))
	}
	return all
}

// method returns the method if it is one that this project uses.
func method(r *http.Request) string {
	switch r.Method {
	case "", http.MethodGet:
		return http.MethodGet
	case http.MethodPost:
		return http.MethodPost
	}
	return "_OTHER" // as the conventions call it
}

// answered notes the status of the answer.
func (c *call) answered(status int) { c.status = status }

// end ends the call with the error of the transport or of reading the answer.
func (c *call) end(err error) {
	c.once.Do(func() {
		took := c.t.now().Sub(c.start)
		word, failure := verdict(c.ctx, c.status, err)
		c.t.survive("a measurement", func() { c.t.calls.ended(context.WithoutCancel(c.ctx), c.kind, failure, took) })
		c.t.survive("a span", func() { c.close(word) })
	})
}

// close ends the span. The word is the type of the error, or empty.
func (c *call) close(word string) {
	if c.span == nil {
		return
	}
	if c.status != 0 {
		c.span.SetAttributes(attribute.Int("http.response.status_code", c.status))
	}
	if word != "" {
		c.span.SetAttributes(attribute.String("error.type", word))
		c.span.SetStatus(codes.Error, "")
	}
	c.span.End()
}

// verdict returns the type of an error and its place among the failures. A caller that has left is no failure. The text of err is
// not used: it can have an address in it.
func verdict(ctx context.Context, status int, err error) (word string, failure int) {
	switch {
	case errors.Is(err, errPanicked):
		return "panic", answeredNot
	case err != nil && errors.Is(ctx.Err(), context.Canceled):
		return "canceled", -1
	case err != nil && timedOut(err):
		return "timeout", answeredNot
	case err != nil:
		return "connection", answeredNot
	case status >= http.StatusInternalServerError:
		return strconv.Itoa(status), answeredFailed
	case status >= http.StatusBadRequest:
		return strconv.Itoa(status), answeredRefused
	}
	return "", -1
}

// timedOut reports whether no answer came in time.
func timedOut(err error) bool {
	timeout, ok := errors.AsType[net.Error](err)
	return ok && timeout.Timeout()
}
