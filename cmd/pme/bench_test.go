//go:build unix

package main_test

import (
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/go-pme/pme/cmd/pme/internal/config"
	"github.com/go-pme/pme/cmd/pme/internal/serve"
	"github.com/go-pme/pme/matterport/matterporttest"
	"github.com/go-pme/pme/secret"
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

// BenchmarkToken compares requests for a cached token with those to the floor, over connections of this machine. The metric ratio is the
// throughput of the gateway relative to the floor: at least 0.9 is the aim.
func BenchmarkToken(b *testing.B) {
	b.Run("demo", func(b *testing.B) {
		g, err := serve.Demo(b.Context(), config.Config{Addr: "127.0.0.1:8080"}, slog.New(slog.DiscardHandler))
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { _ = g.Close() })
		gateway := listening(b, g.Handler())
		compare(b, gateway, signIn(b, gateway))
	})
	b.Run("whoami", func(b *testing.B) {
		gateway := listening(b, besideHost(b).Handler())
		transport := &http.Transport{MaxIdleConnsPerHost: clientsAtOnce}
		b.Cleanup(transport.CloseIdleConnections)
		jar, _ := cookiejar.New(nil)
		at, err := url.Parse(gateway)
		if err != nil {
			b.Fatal(err)
		}
		jar.SetCookies(at, []*http.Cookie{{Name: "sid", Value: "a session of the host"}})
		compare(b, gateway, &http.Client{Jar: jar, Transport: transport})
	})
}

// besideHost makes a gateway that asks a host who is signed in.
func besideHost(b *testing.B) *serve.Gateway {
	b.Helper()
	host := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"id":"alice"}`)
	}))
	b.Cleanup(host.Close)
	up := matterporttest.NewServer(b, matterporttest.Config{Models: []matterporttest.Model{{ID: office}}})
	list := filepath.Join(b.TempDir(), "allow.yaml")
	if err := os.WriteFile(list, []byte("rules:\n  - users: [alice]\n    models: ["+office+"]\n"), 0o600); err != nil {
		b.Fatal(err)
	}
	g, err := serve.Build(b.Context(), config.Config{
		Addr: "127.0.0.1:8080", BaseURL: "http://127.0.0.1:8080", Access: config.Access{File: list},
		Matterport: config.Matterport{
			ClientID: matterporttest.DefaultClientID, ClientSecret: config.SecretOf(secret.Fixed(matterporttest.DefaultClientSecret)), APIURL: up.URL,
		},
		Login: config.Login{Whoami: &config.Whoami{URL: host.URL, Cookies: []string{"sid"}}},
	}, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = g.Close() })
	return g
}

// clientsAtOnce is how many requests are under way at a time.
const clientsAtOnce = 8

// compare has the client ask the gateway and a floor for a token, by turns.
func compare(b *testing.B, gateway string, c *http.Client) {
	b.Helper()
	r, err := http.NewRequestWithContext(b.Context(), http.MethodGet, gateway+"/pme/token?modelId="+office, nil)
	if err != nil {
		b.Fatal(err)
	}
	res, err := c.Do(r) // it is minted
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
			var asking sync.WaitGroup
			for range clientsAtOnce {
				asking.Go(func() {
					for range requestsEach {
						if status, err := token(c, origin); status != http.StatusOK || err != nil {
							b.Error(status, err)
							return
						}
					}
				})
			}
			asking.Wait()
			spent[i] += time.Since(begun)
		}
	}
	requests := float64(clientsAtOnce * requestsEach * b.N)
	b.ReportMetric(float64(spent[1])/float64(spent[0]), "ratio")
	b.ReportMetric(float64(spent[0].Microseconds())/requests, "µs/token")
	b.ReportMetric(float64(spent[1].Microseconds())/requests, "µs/floor")
}

// requestsEach is how many requests a client sends before it is the other server's turn.
const requestsEach = 50

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
