package serve_test

import (
	"bufio"
	"context"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-pme/pme/cmd/pme/internal/config"
	"github.com/go-pme/pme/cmd/pme/internal/serve"
	"github.com/go-pme/pme/secret"
)

func socketClient(t *testing.T, path string) *http.Client {
	t.Helper()
	c := client(t)
	c.Transport.(*http.Transport).DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", path)
	}
	return c
}

func TestStreamsEndWhenTheServerStops(t *testing.T) {
	cfg := small(t)
	origin, stop := running(t, build(t, cfg))
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, origin+"/pme/watch", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-User", "alice")
	res, err := client(t).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	lines := bufio.NewScanner(res.Body)
	if !lines.Scan() { // it has begun
		t.Fatal(lines.Err())
	}
	begun := time.Now()
	if err := stop(); err != nil {
		t.Error(err)
	}
	if took := time.Since(begun); took > 5*time.Second {
		t.Errorf("stopping took %v", took)
	}
	for lines.Scan() {
	}
	if err := lines.Err(); err != nil {
		t.Errorf("the stream was cut off: %v", err)
	}
}

// The balancer learns that this replica leaves, and requests that still come are answered.
func TestTheProbeSaysDrainingWhileRequestsAreAnswered(t *testing.T) {
	cfg := small(t)
	cfg.Drain = 30 * time.Second
	origin, stop := running(t, build(t, cfg))
	c := client(t)
	if res, _ := get(t, c, origin+"/readyz"); res.StatusCode != http.StatusOK {
		t.Fatal(res.Status)
	}
	ended := make(chan error, 1)
	go func() { ended <- stop() }()
	for draining := false; !draining; { // it turns once the context has ended
		if res, _ := get(t, c, origin+"/pme/token?modelId="+office, "X-User", "alice"); res.StatusCode != http.StatusOK {
			t.Errorf("a request: %s", res.Status)
		} else if res.Close {
			draining = true
		}
	}
	if res, body := get(t, c, origin+"/readyz"); res.StatusCode != http.StatusServiceUnavailable || !has(body, "draining") {
		t.Errorf("%s %s", res.Status, body)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// A request whose body never ends is cut off when its time is over, and that is an error.
func TestWhatTakesTooLongIsCutOff(t *testing.T) {
	cfg := everything(t)
	cfg.Drain = 400 * time.Millisecond
	origin, stop := running(t, build(t, cfg))
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(origin, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_, err = conn.Write([]byte("POST /matterport-events HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nAuthorization: Bearer a webhook secret of some length\r\nContent-Length: 10\r\n\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(conn).ReadString('\n'); !has(line, "100") { // the handler waits for the body now
		t.Fatalf("%q, %v", line, err)
	}
	if err := stop(); err == nil || !has(err.Error(), "cut off", "400ms") {
		t.Errorf("%v", err)
	}
}

func TestAnAddressThatIsTakenIsNamed(t *testing.T) {
	taken, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	cfg := small(t)
	cfg.Metrics.Addr = taken.Addr().String()
	if err := build(t, cfg).Run(t.Context(), func(string) { t.Error("ready") }); err == nil || !has(err.Error(), "metrics.addr") {
		t.Errorf("%v", err)
	}
	cfg = small(t)
	cfg.Addr = taken.Addr().String()
	if _, err := serve.Listen(t.Context(), &cfg); err == nil || !has(err.Error(), "addr: ") {
		t.Errorf("%v", err)
	}
}

func TestReloadTellsWhatCounts(t *testing.T) {
	dir := t.TempDir()
	file := func(name, value string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path+".new", []byte(value), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(path+".new", path); err != nil {
			t.Fatal(err)
		}
		return path
	}
	from := func(path string) config.Secret {
		source, err := secret.File(path)
		if err != nil {
			t.Fatal(err)
		}
		return config.SecretOf(source)
	}
	cfg := small(t)
	cfg.Webhook.Secret = from(file("webhook", "a webhook secret of some length"))
	cfg.Login.Headers.SecretHeader, cfg.Login.Headers.Secret = "X-Proxy", from(file("proxy", "a proxy secret of some length"))
	g := build(t, cfg)
	if news := g.Reload(t.Context()); len(news) != 0 {
		t.Errorf("nothing has changed: %q", news)
	}
	file("webhook", "another webhook secret of length")
	file("proxy", "another proxy secret of length")
	news := strings.Join(g.Reload(t.Context()), "\n")
	if !has(news, "webhook.secret: the new value is in use", "login.headers.secret: the new value is used after a restart") || has(news, "another") {
		t.Errorf("%s", news)
	}
	if news := g.Reload(t.Context()); len(news) != 1 || !has(news[0], "login.headers.secret", "restart") {
		t.Errorf("what waits for a restart is told again: %q", news)
	}
}
