package serve_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/go-pme/pme/cmd/pme/internal/config"
	"github.com/go-pme/pme/cmd/pme/internal/serve"
	"github.com/go-pme/pme/matterport/matterporttest"
	"github.com/go-pme/pme/secret"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	office  = "SxQL3iGyoDo"
	keyText = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
)

var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}

func fixed(values ...string) config.Secret { return config.SecretOf(secret.Fixed(values...)) }

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// small returns a configuration with what is required. Whoever says so in X-User is known.
func small(t *testing.T) config.Config {
	t.Helper()
	up := matterporttest.NewServer(t, matterporttest.Config{Models: []matterporttest.Model{{ID: office, Name: "Head office"}}})
	list := filepath.Join(t.TempDir(), "allow.yaml")
	if err := os.WriteFile(list, []byte("rules:\n  - users: [alice]\n    models: ["+office+"]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return config.Config{
		Addr: "127.0.0.1:0", BaseURL: "http://127.0.0.1:8080", Drain: time.Second,
		Matterport: config.Matterport{
			ClientID: matterporttest.DefaultClientID, ClientSecret: fixed(matterporttest.DefaultClientSecret), APIURL: up.URL, ShowcaseURL: up.URL,
		},
		Login:  config.Login{Headers: &config.Headers{Proxies: loopback, User: "X-User", Groups: "X-Groups"}},
		Access: config.Access{File: list},
	}
}

func build(t *testing.T, cfg config.Config) *serve.Gateway {
	t.Helper()
	g, err := serve.Build(t.Context(), cfg, quiet())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := g.Close(); err != nil {
			t.Error(err)
		}
	})
	return g
}

// running serves a gateway until the test ends or stop is called, which returns the error of Serve.
func running(t *testing.T, g *serve.Gateway) (origin string, stop func() error) {
	t.Helper()
	return runs(t, g.Run)
}

// runs is running for what serves a gateway.
func runs(t *testing.T, serve func(ctx context.Context, ready func(addr string)) error) (origin string, stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	addr, ended := make(chan string, 1), make(chan error, 1)
	go func() { ended <- serve(ctx, func(at string) { addr <- at }) }()
	var err error
	stopped := false
	stop = func() error {
		if !stopped {
			cancel()
			err, stopped = <-ended, true
		}
		return err
	}
	select {
	case at := <-addr:
		t.Cleanup(func() {
			if !stopped && stop() != nil {
				t.Error(err)
			}
		})
		return "http://" + at, stop
	case err := <-ended:
		cancel()
		t.Fatal(err)
		return "", nil
	}
}

// client makes connections that end with the test.
func client(t *testing.T) *http.Client {
	t.Helper()
	transport := &http.Transport{MaxIdleConnsPerHost: 32}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: 20 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// A reply is an answer without its body.
type reply struct {
	StatusCode int
	Status     string
	Header     http.Header
	Close      bool
}

func get(t *testing.T, c *http.Client, url string, headers ...string) (reply, string) {
	t.Helper()
	return send(t, c, http.MethodGet, url, "", headers...)
}

// send sends a request, with a form if body is not empty.
func send(t *testing.T, c *http.Client, method, url, body string, headers ...string) (reply, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	res, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{res.StatusCode, res.Status, res.Header, res.Close}, string(text)
}

func has(text string, parts ...string) bool {
	for _, part := range parts {
		if !strings.Contains(text, part) {
			return false
		}
	}
	return true
}
