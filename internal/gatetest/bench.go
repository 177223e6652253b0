package gatetest

import (
	"net/http"
	"slices"
	"testing"
	"time"
)

// Nothing is a handler and a response writer that cost nothing.
type Nothing struct{}

// ServeHTTP implements [http.Handler].
func (Nothing) ServeHTTP(http.ResponseWriter, *http.Request) {}

// Header implements [http.ResponseWriter].
func (Nothing) Header() http.Header { return nil }

// Write implements [http.ResponseWriter].
func (Nothing) Write(b []byte) (int, error) { return len(b), nil }

// WriteHeader implements [http.ResponseWriter].
func (Nothing) WriteHeader(int) {}

// InTurnWithFloor measures how long app takes to answer the requests with a token, as a multiple of a
// floor that only writes such an answer. The two run in turn, so that the ratio holds on a noisy machine.
func InTurnWithFloor(b *testing.B, app http.Handler, requests []*http.Request) {
	b.Helper()
	i := 0
	next := func() *http.Request {
		i = (i + 1) % len(requests)
		return requests[i]
	}
	w := &reused{header: make(http.Header, 8)}
	if app.ServeHTTP(w, next()); w.status != 0 {
		b.Fatalf("status %d", w.status)
	}
	allocations := testing.AllocsPerRun(500, func() { clear(w.header); app.ServeHTTP(w, next()) })
	round := func(h http.Handler) float64 {
		const n = 1000
		start := time.Now()
		for range n {
			clear(w.header)
			h.ServeHTTP(w, next())
		}
		return float64(time.Since(start)) / n
	}
	var ours, least []float64
	for b.Loop() {
		ours, least = append(ours, round(app)), append(least, round(http.HandlerFunc(floor)))
	}
	slices.Sort(ours)
	slices.Sort(least)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(ours[len(ours)/2], "ns/request")
	b.ReportMetric(ours[len(ours)/2]/least[len(least)/2], "x-floor")
	b.ReportMetric(allocations, "allocs/request")
}

var constant = []byte(`{"access_token":"0123456789abcdef0123456789abcdef01234567","token_type":"Bearer","expires_in":598}` + "\n")

func floor(w http.ResponseWriter, _ *http.Request) {
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(constant)
}

// reused is a response that many requests are answered into. Its status stays zero while all is well.
type reused struct {
	header http.Header
	status int
}

func (w *reused) Header() http.Header         { return w.header }
func (w *reused) WriteHeader(status int)      { w.status = status }
func (w *reused) Write(b []byte) (int, error) { return len(b), nil }
