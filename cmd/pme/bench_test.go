//go:build unix

package main_test

import (
	"io"
	"log/slog"
	"net"
	"net/http"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/go-pme/pme/cmd/pme/internal/config"
	"github.com/go-pme/pme/cmd/pme/internal/serve"
)

// floor answers with the same bytes, and does nothing else.
func floor(header http.Header, body []byte) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for name, values := range header {
			if name != "Date" && name != "Content-Length" {
				w.Header()[name] = values
			}
		}
		_, _ = w.Write(body)
	})
}

// listening serves a handler until the benchmark ends, with the limits of the program.
func listening(b *testing.B, h http.Handler) (origin string) {
	b.Helper()
	listener, err := (&net.ListenConfig{}).Listen(b.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: time.Minute}
	go func() { _ = server.Serve(listener) }()
	b.Cleanup(func() { _ = server.Close() })
	return "http://" + listener.Addr().String()
}

// BenchmarkToken compares a request for a cached token with one to the floor, over connections of this machine. The metric ratio is the
// throughput of the gateway relative to the floor: at least 0.9 is the aim.
func BenchmarkToken(b *testing.B) {
	cfg := config.Config{Addr: "127.0.0.1:8080"}
	g, err := serve.Demo(b.Context(), cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = g.Close() })
	gateway := listening(b, g.Handler())
	here := signIn(b, gateway)
	r, err := http.NewRequestWithContext(b.Context(), http.MethodGet, gateway+"/pme/token?modelId="+office, nil)
	if err != nil {
		b.Fatal(err)
	}
	res, err := here.Do(r) // it is minted
	if err != nil {
		b.Fatal(err)
	}
	body, err := io.ReadAll(res.Body)
	_ = res.Body.Close()
	if err != nil || res.StatusCode != http.StatusOK {
		b.Fatal(res.Status, err)
	}
	bottom := listening(b, floor(res.Header, body))
	var spent [2]time.Duration
	for b.Loop() {
		for i, origin := range []string{gateway, bottom} {
			begun := time.Now()
			for range 20 {
				if status, err := token(here, origin); status != http.StatusOK || err != nil {
					b.Fatal(status, err)
				}
			}
			spent[i] += time.Since(begun)
		}
	}
	b.ReportMetric(float64(spent[1])/float64(spent[0]), "ratio")
	b.ReportMetric(float64(spent[0].Microseconds())/float64(20*b.N), "µs/token")
	b.ReportMetric(float64(spent[1].Microseconds())/float64(20*b.N), "µs/floor")
}

// BenchmarkColdStart measures the time from the start of the process to the first byte of an answer: below 100 ms is the aim. The metric
// cpu-ms/start is how much of it the process has computed, which does not depend on what else the machine does.
func BenchmarkColdStart(b *testing.B) {
	env := account(b)
	listener, err := (&net.ListenConfig{}).Listen(b.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	addr := listener.Addr().String()
	_ = listener.Close()
	var computed time.Duration
	every := time.NewTicker(time.Millisecond)
	defer every.Stop()
	for b.Loop() {
		cmd := exec.CommandContext(b.Context(), binary, "serve", "-addr", addr)
		cmd.Env = append(strings.Fields("TMPDIR="+b.TempDir()), env...)
		if err := cmd.Start(); err != nil {
			b.Fatal(err)
		}
		for range every.C {
			conn, err := (&net.Dialer{}).DialContext(b.Context(), "tcp", addr)
			if err != nil {
				continue // not yet
			}
			_, _ = io.WriteString(conn, "GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
			_, err = conn.Read(make([]byte, 1))
			_ = conn.Close()
			if err == nil {
				break
			}
		}
		b.StopTimer()
		_ = cmd.Process.Signal(syscall.SIGKILL)
		_ = cmd.Wait() // it was killed
		computed += cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
		b.StartTimer()
	}
	b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N), "ms/start")
	b.ReportMetric(float64(computed.Milliseconds())/float64(b.N), "cpu-ms/start")
}
