package telemetry_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	api "go.opentelemetry.io/otel/trace"

	"github.com/go-pme/pme/telemetry"
)

// get makes a request and reads the answer.
func get(t *testing.T, rt http.RoundTripper, address string) {
	t.Helper()
	resp, err := rt.RoundTrip(httptest.NewRequest(http.MethodGet, address, nil))
	if err != nil {
		return
	}
	_, _ = io.Copy(io.Discard, resp.Body)
	_ = resp.Body.Close()
}

// traced is an observed Telemetry whose spans are kept.
func traced(t *testing.T) (*observed, *tracetest.SpanRecorder, api.TracerProvider) {
	t.Helper()
	spans := tracetest.NewSpanRecorder()
	provider := trace.NewTracerProvider(trace.WithSpanProcessor(spans))
	t.Cleanup(func() { _ = provider.Shutdown(context.Background()) })
	return observe(t, telemetry.Config{TracerProvider: provider}), spans, provider
}

// shown is what a span says, in one line.
func shown(s trace.ReadOnlySpan) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %v", s.Name(), s.SpanKind())
	for _, kv := range s.Attributes() {
		if kv.Key != "server.address" && kv.Key != "server.port" {
			fmt.Fprintf(&b, " %s=%s", kv.Key, kv.Value.String())
		}
	}
	return b.String()
}

func TestCallsToMatterportAreSpans(t *testing.T) {
	o, spans, provider := traced(t)
	otel.SetTextMapPropagator(propagation.TraceContext{})
	defer otel.SetTextMapPropagator(propagation.NewCompositeTextMapPropagator())
	var headers []http.Header
	h, _ := site(t, o.events, func(base http.RoundTripper) http.RoundTripper {
		return o.Transport(roundTripper(func(r *http.Request) (*http.Response, error) {
			headers = append(headers, r.Header.Clone())
			return base.RoundTrip(r)
		}))
	})
	ctx, root := provider.Tracer("host").Start(t.Context(), "GET /token")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(ctx, http.MethodGet, "/token?modelId="+office, nil))
	resp, err := o.Transport(roundTripper(replyOK)).
		RoundTrip(httptest.NewRequestWithContext(ctx, http.MethodGet, "https://idp.example/keys", nil))
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	root.End()
	if w.Code != http.StatusOK {
		t.Fatalf("status %d", w.Code)
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}

	got := make(map[string]bool)
	for _, s := range spans.Ended() {
		got[shown(s)] = true
		if s.Name() == "GET" && s.Parent().SpanID() != root.SpanContext().SpanID() {
			t.Error("the call is not part of the visitor's trace")
		}
		if all := fmt.Sprintf("%+v", s); strings.Contains(all, office) || strings.Contains(all, "alice") || strings.Contains(all, "graph") || strings.Contains(all, "emulat") {
			t.Errorf("a span says too much: %s", all)
		}
	}
	for _, want := range []string{
		"matterport applicationToken client http.request.method=POST matterport.operation=applicationToken http.response.status_code=200",
		"GET client http.request.method=GET http.response.status_code=200",
		"matterport createEmbedLink client http.request.method=POST matterport.operation=createEmbedLink http.response.status_code=200",
	} {
		if !got[want] {
			t.Errorf("there is no span %q in %v", want, got)
		}
	}
	for _, header := range headers {
		if header.Get("Traceparent") != "" || header.Get("Baggage") != "" {
			t.Errorf("Matterport gets the trace: %v", header)
		}
	}
}

func TestCallsAreMeasuredByHowTheyEnd(t *testing.T) {
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	slow := &net.OpError{Op: "read", Err: os.ErrDeadlineExceeded}
	for name, tc := range map[string]struct {
		ctx      context.Context //nolint:containedctx // one of the conditions
		status   int             // none: there is no answer
		body     io.Reader
		err      error
		span     string // error.type
		failures string
	}{
		"well":                {t.Context(), 200, strings.NewReader("ok"), nil, "", ""},
		"no body":             {t.Context(), 204, nil, nil, "", ""},
		"not found":           {t.Context(), 404, strings.NewReader(""), nil, "404", "call=other error=refused "},
		"too many":            {t.Context(), 429, strings.NewReader(""), nil, "429", "call=other error=refused "},
		"failed":              {t.Context(), 503, strings.NewReader(""), nil, "503", "call=other error=failed "},
		"no answer":           {t.Context(), 0, nil, slow, "timeout", "call=other error=no_answer "},
		"no connection":       {t.Context(), 0, nil, errors.New("secret"), "connection", "call=other error=no_answer "},
		"half an answer":      {t.Context(), 200, cut{}, nil, "connection", "call=other error=no_answer "},
		"the caller has left": {canceled, 0, nil, context.Canceled, "canceled", ""},
	} {
		t.Run(name, func(t *testing.T) {
			o, spans, _ := traced(t)
			rt := o.Transport(roundTripper(func(*http.Request) (*http.Response, error) { return answered(tc.status, tc.body), tc.err }))
			resp, err := rt.RoundTrip(httptest.NewRequestWithContext(tc.ctx, "PURGE", "https://idp.example:8443/secret?secret", nil))
			if !errors.Is(err, tc.err) || (resp == nil) != (tc.status == 0) {
				t.Fatalf("the answer is %v, %v", resp, err)
			}
			if resp != nil && resp.Body != nil {
				if n := active(t, o); n != 1 {
					t.Errorf("%d calls are active before the answer is read", n)
				}
				_, _ = io.Copy(io.Discard, resp.Body)
				if n := active(t, o); n != 0 {
					t.Errorf("%d calls are active after the answer was read", n)
				}
				_ = resp.Body.Close()
			}
			wantSpan(t, spans.Ended(), tc.span)
			wantFailure(t, o, tc.failures)
			if n := active(t, o); n != 0 {
				t.Errorf("%d calls are active", n)
			}
			if points := o.collect(t)["pme.call.duration"].Data.(metricdata.Histogram[float64]).DataPoints; len(points) != 1 || points[0].Count != 1 {
				t.Errorf("durations: %+v", points)
			}
		})
	}
}

// answered is an answer with a body, if there is one.
func answered(status int, body io.Reader) *http.Response {
	switch {
	case status == 0:
		return nil
	case body == nil:
		return &http.Response{StatusCode: status}
	}
	return &http.Response{StatusCode: status, Body: io.NopCloser(body)}
}

func active(t *testing.T, o *observed) int64 { return o.values(t, "pme.calls.active")[""] }

func wantSpan(t *testing.T, ended []trace.ReadOnlySpan, errorType string) {
	t.Helper()
	if len(ended) != 1 {
		t.Fatalf("%d spans have ended", len(ended))
	}
	all := fmt.Sprintf("%s %+v %+v", ended[0].Name(), ended[0].Attributes(), ended[0].Status())
	if strings.Contains(all, "secret") {
		t.Errorf("the span says too much: %s", all)
	}
	var got string
	for _, kv := range ended[0].Attributes() {
		if kv.Key == "error.type" {
			got = kv.Value.AsString()
		}
	}
	if got != errorType || ended[0].Name() != "_OTHER" {
		t.Errorf("%q has error.type %q, want %q", ended[0].Name(), got, errorType)
	}
}

func wantFailure(t *testing.T, o *observed, labels string) {
	t.Helper()
	got := make(map[string]int64)
	for l, n := range o.values(t, "pme.call.failures") {
		if n != 0 {
			got[l] = n
		}
	}
	want := make(map[string]int64)
	if labels != "" {
		want[labels] = 1
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// cut is an answer that ends too soon.
type cut struct{}

func (cut) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestAPanicOfTheTransportGoesOn(t *testing.T) {
	o, spans, _ := traced(t)
	rt := o.Transport(roundTripper(func(*http.Request) (*http.Response, error) { panic("secret") }))
	func() {
		defer func() {
			if v := recover(); v != "secret" {
				t.Errorf("the panic is %v", v)
			}
		}()
		get(t, rt, "https://idp.example/")
	}()
	if ended := spans.Ended(); len(ended) != 1 || active(t, o) != 0 {
		t.Errorf("%d spans have ended, %d calls are active", len(ended), active(t, o))
	}
}

func TestTransportWithoutABaseMakesOne(t *testing.T) {
	o := observe(t, telemetry.Config{})
	closed := make(chan struct{}, 1)
	up := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok") }))
	up.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateClosed {
			closed <- struct{}{}
		}
	}
	up.Start()
	defer up.Close()
	client := &http.Client{Transport: o.Transport(nil), Timeout: 10 * time.Second}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, up.URL, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, resp.Body)
	_ = resp.Body.Close()
	if err := o.Close(); err != nil {
		t.Error(err)
	}
	<-closed // by the client's side
}
