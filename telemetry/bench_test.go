package telemetry_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/go-pme/pme/telemetry"
)

// nowhere takes an answer and forgets it.
type nowhere struct {
	header http.Header
	status int
}

func (n *nowhere) Header() http.Header         { return n.header }
func (n *nowhere) WriteHeader(status int)      { n.status = status }
func (n *nowhere) Write(b []byte) (int, error) { return len(b), nil }

// BenchmarkCachedToken compares requests for a cached token, which must cost at most 1.1 times as much with metrics as
// without. They are collected between the requests, some hundred times a second.
func BenchmarkCachedToken(b *testing.B) {
	plainly, _ := site(b, newStream(b), plain)
	o := observe(b, telemetry.Config{})
	measured, _ := site(b, o.events, o.Transport)
	o.UseHealth(measured.Health())
	var without, with, collected []float64
	for b.Loop() {
		without = append(without, perRequest(b, plainly))
		with = append(with, perRequest(b, measured))
		start := time.Now()
		o.collect(b)
		collected = append(collected, float64(time.Since(start)))
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(median(without), "ns/request")
	b.ReportMetric(median(with)/median(without), "with/without")
	b.ReportMetric(median(collected)/1000, "µs/collection")
}

func perRequest(b *testing.B, h http.Handler) float64 {
	b.Helper()
	const n = 1000
	r := httptest.NewRequest(http.MethodGet, "/token?modelId="+office, nil)
	w := &nowhere{header: make(http.Header), status: http.StatusOK}
	h.ServeHTTP(w, r)
	start := time.Now()
	for range n {
		clear(w.header)
		h.ServeHTTP(w, r)
	}
	if w.status != http.StatusOK {
		b.Fatalf("status %d", w.status)
	}
	return float64(time.Since(start)) / n
}

func median(figures []float64) float64 {
	slices.Sort(figures)
	return figures[len(figures)/2]
}

// BenchmarkCall measures what a span and a duration cost, which a mint pays.
func BenchmarkCall(b *testing.B) {
	o := observe(b, telemetry.Config{})
	rt := o.Transport(roundTripper(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 204, Body: http.NoBody}, nil
	}))
	r := httptest.NewRequest(http.MethodPost, "https://api.example/", nil)
	b.ReportAllocs()
	for b.Loop() {
		resp, err := rt.RoundTrip(r)
		if err != nil {
			b.Fatal(err)
		}
		_ = resp.Body.Close()
	}
}
