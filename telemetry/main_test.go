package telemetry_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	exporter "go.opentelemetry.io/otel/exporters/prometheus"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.uber.org/goleak"

	"github.com/go-pme/pme"
	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/matterport/matterporttest"
	"github.com/go-pme/pme/middleware"
	"github.com/go-pme/pme/telemetry"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const office = "SxQL3iGyoDo"

// quiet is a log as in production, at the usual level, which goes nowhere.
func quiet() *slog.Logger { return slog.New(slog.NewJSONHandler(io.Discard, nil)) } //nolint:sloglint // enabled, as in production

func newStream(tb testing.TB) *event.Stream {
	tb.Helper()
	s, err := event.New(event.Config{Logger: quiet()})
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// observed is a Telemetry with what reads its metrics.
type observed struct {
	*telemetry.Telemetry
	events *event.Stream
	reader *metric.ManualReader
	prom   *prometheus.Registry
}

// observe makes a Telemetry whose metrics a ManualReader and Prometheus collect.
func observe(tb testing.TB, cfg telemetry.Config) *observed {
	tb.Helper()
	if cfg.Events == nil {
		cfg.Events = newStream(tb)
	}
	o := &observed{events: cfg.Events, reader: metric.NewManualReader(), prom: prometheus.NewRegistry()}
	toPrometheus, err := exporter.New(exporter.WithRegisterer(o.prom))
	if err != nil {
		tb.Fatal(err)
	}
	provider := metric.NewMeterProvider(metric.WithReader(o.reader), metric.WithReader(toPrometheus))
	tb.Cleanup(func() { _ = provider.Shutdown(context.Background()) })
	cfg.MeterProvider = provider
	if cfg.Logger == nil {
		cfg.Logger = quiet()
	}
	o.Telemetry, err = telemetry.New(cfg)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := o.Close(); err != nil {
			tb.Error(err)
		}
	})
	return o
}

// collect returns the metrics by name.
func (o *observed) collect(tb testing.TB) map[string]metricdata.Metrics {
	tb.Helper()
	var rm metricdata.ResourceMetrics
	if err := o.reader.Collect(tb.Context(), &rm); err != nil {
		tb.Fatal(err)
	}
	all := make(map[string]metricdata.Metrics)
	for _, scope := range rm.ScopeMetrics {
		for _, m := range scope.Metrics {
			all[m.Name] = m
		}
	}
	return all
}

// values returns the values of a metric by their labels in the order of names, such as "outcome=denied reason=no_rule ".
func (o *observed) values(tb testing.TB, name string) map[string]int64 {
	tb.Helper()
	var points []metricdata.DataPoint[int64]
	switch data := o.collect(tb)[name].Data.(type) {
	case metricdata.Sum[int64]:
		points = data.DataPoints
	case metricdata.Gauge[int64]:
		points = data.DataPoints
	}
	all := make(map[string]int64)
	for _, p := range points {
		var labels string
		for _, kv := range p.Attributes.ToSlice() {
			labels += string(kv.Key) + "=" + kv.Value.AsString() + " "
		}
		all[labels] = p.Value
	}
	return all
}

// scrape returns what Prometheus gets.
func (o *observed) scrape(tb testing.TB) []*dto.MetricFamily {
	tb.Helper()
	families, err := o.prom.Gather()
	if err != nil {
		tb.Fatal(err)
	}
	return families
}

// site is pme behind a gate that knows one user, with an emulator of Matterport.
func site(tb testing.TB, events *event.Stream, transport func(http.RoundTripper) http.RoundTripper) (*pme.Handler, *matterporttest.Running) {
	tb.Helper()
	up := matterporttest.NewServer(tb, matterporttest.Config{Models: []matterporttest.Model{{ID: office}}})
	gate, err := middleware.New(middleware.Func(func(*http.Request) (identity.User, error) {
		return identity.User{ID: "alice"}, nil
	}), middleware.Config{Events: events, Logger: quiet()})
	if err != nil {
		tb.Fatal(err)
	}
	h, err := pme.New(pme.Config{
		ClientID: matterporttest.DefaultClientID, ClientSecret: matterporttest.DefaultClientSecret, APIURL: up.URL,
		HTTPClient:   &http.Client{Transport: transport(up.Client().Transport)},
		Authenticate: gate,
		Access:       access.List{{Users: []string{"alice"}, Models: []string{office}}},
		Events:       events, Logger: quiet(),
	})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = h.Close() })
	return h, up
}

func plain(base http.RoundTripper) http.RoundTripper { return base }

// ask asks for a token and returns the status.
func ask(h http.Handler, model string) int {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/token?modelId="+model, nil))
	return w.Code
}

// forbidden is an answer of Matterport's that no retry heals.
func forbidden() matterporttest.Failure {
	return matterporttest.GraphQLError("request.unauthorized", http.StatusForbidden)
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func reply(status int, body string) *http.Response {
	return &http.Response{StatusCode: status, Header: make(http.Header), Body: io.NopCloser(strings.NewReader(body))}
}

func replyOK(*http.Request) (*http.Response, error) { return reply(http.StatusOK, "ok"), nil }
