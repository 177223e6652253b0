//go:build unix

package pme_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// slow is a page of the README's program that says when it has begun, and waits for a line before it goes on.
const slow = `mux := http.NewServeMux()
	mux.HandleFunc("/slow", func(w http.ResponseWriter, _ *http.Request) {
		os.Stdout.WriteString("begun\n")
		os.Stdin.Read(make([]byte, 1))
		w.Write([]byte("finished"))
	})`

// program returns the README's program with the slow page, on the address in ADDR, that says when it has closed pme.
func program(t *testing.T) string {
	t.Helper()
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, text, _ := strings.Cut(string(readme), "```go\n")
	text, _, _ = strings.Cut(text, "```")
	for old, changed := range map[string]string{
		"mux := http.NewServeMux()": slow, `"127.0.0.1:8080"`: `os.Getenv("ADDR")`,
		"h.Close()": `func() error { err := h.Close(); os.Stdout.WriteString("closed\n"); return err }()`,
	} {
		if strings.Count(text, old) != 1 {
			t.Fatalf("the README's program does not have %q once:\n%s", old, text)
		}
		text = strings.Replace(text, old, changed, 1)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "main.go"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	binary := filepath.Join(dir, "program")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, filepath.Join(dir, "main.go")).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return binary
}

func TestProgramOfTheReadmeFinishesRequestsAndCloses(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), program(t))
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	_ = l.Close()
	cmd.Env = append(os.Environ(), "ADDR="+addr, "MATTERPORT_CLIENT_ID=id", "MATTERPORT_CLIENT_SECRET=s", "SESSION_KEY=0123456789abcdef0123456789abcdef")
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	answered := make(chan string, 1)
	go func() { answered <- openWhenReady(t, "http://"+addr+"/slow") }()
	lines := bufio.NewScanner(stdout)
	if !lines.Scan() || lines.Text() != "begun" {
		t.Fatalf("the program writes %q", lines.Text())
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	waitUntilRefused(t, addr)
	if _, err := io.WriteString(stdin, "\n"); err != nil {
		t.Fatal(err)
	}
	if got := <-answered; got != "finished" {
		t.Errorf("the request that was under way got %q", got)
	}
	if !lines.Scan() || lines.Text() != "closed" {
		t.Errorf("the program writes %q; want that pme is closed", lines.Text())
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}

// openWhenReady asks until the program listens.
func openWhenReady(t *testing.T, address string) string {
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	for t.Context().Err() == nil {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
		if err != nil {
			return err.Error()
		}
		res, err := client.Do(r)
		if err != nil && strings.Contains(err.Error(), "refused") {
			continue
		}
		if err != nil {
			return err.Error()
		}
		body, _ := io.ReadAll(res.Body)
		_ = res.Body.Close()
		return string(body)
	}
	return "the test is over"
}

// waitUntilRefused waits until the program has begun to stop.
func waitUntilRefused(t *testing.T, addr string) {
	t.Helper()
	for t.Context().Err() == nil {
		c, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", addr)
		if err != nil {
			return
		}
		_ = c.Close()
	}
}
