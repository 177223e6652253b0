//go:build linux

package ship_test

import (
	"bufio"
	"io"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// start runs pme serve, at a port of its choice, until the test ends, and returns its address.
func start(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	var stderr strings.Builder
	cmd.Stderr = &stderr
	stdout, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		if err := cmd.Wait(); err != nil || t.Failed() {
			t.Errorf("%v\n%s", err, stderr.String())
		}
	})
	lines := bufio.NewScanner(stdout)
	lines.Scan()
	_, at, found := strings.Cut(lines.Text(), "127.0.0.1:")
	if !found {
		t.Fatalf("it says %q", lines.Text())
	}
	go func() { _, _ = io.Copy(io.Discard, stdout) }()
	port, _, _ := strings.Cut(strings.TrimSpace(at), "/")
	return "http://127.0.0.1:" + port
}

// visitor returns a client that is signed in to the demo.
func visitor(t *testing.T, origin string) *http.Client {
	t.Helper()
	jar, _ := cookiejar.New(nil)
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	c := &http.Client{Jar: jar, Transport: transport, Timeout: 30 * time.Second}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, origin+"/login", strings.NewReader("username=alice&password=demo"))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	return c
}

// status asks for an address, as the user that a proxy in front names.
func status(t *testing.T, c *http.Client, address string) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-User", "alice")
	res, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	return res.StatusCode
}
