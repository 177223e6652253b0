//go:build unix

package pme_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
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
		"\"os/signal\"": "\"os\"\n\t\"os/signal\"", "h.Close()": `func() error { err := h.Close(); os.Stdout.WriteString("closed\n"); return err }()`,
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

func TestReadmeQuotesTheExample(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	example, err := os.ReadFile("examples/hello/main.go")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(readme), "```go\n"+string(example)+"```\n") {
		t.Error("README.md does not have examples/hello/main.go as it is")
	}
	if n := strings.Count(string(example), "\n"); n > 60 {
		t.Errorf("examples/hello/main.go has %d lines, and may have 60", n)
	}
}

// A newcomer opens a space, is asked to sign in, and comes to the space.
func TestProgramOfTheReadmeLeadsToASpace(t *testing.T) {
	addr := freeAddress(t)
	cmd := exec.CommandContext(t.Context(), program(t))
	cmd.Env = append(os.Environ(), "ADDR="+addr)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cmd.Process.Signal(syscall.SIGTERM); _ = cmd.Wait() }()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	space := "http://" + addr + "/pme/view/SxQL3iGyoDo"
	if page := openWhenReady(t, client, space); !strings.Contains(page, `<form method="post">`) {
		t.Fatalf("the space begins with %s; want the form of the login", page)
	}
	signIn, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+addr+"/login?next=/pme/view/SxQL3iGyoDo", strings.NewReader("user=alice"))
	if err != nil {
		t.Fatal(err)
	}
	signIn.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := client.Do(signIn)
	if err != nil {
		t.Fatal(err)
	}
	page, err := io.ReadAll(res.Body)
	_ = res.Body.Close()
	if at := res.Request.URL.String(); err != nil || at != space || !strings.Contains(string(page), `<pme-space model="SxQL3iGyoDo"`) {
		t.Errorf("after signing in: %s, %v\n%s", at, err, page)
	}
	if token := openWhenReady(t, client, "http://"+addr+"/pme/token?modelId=SxQL3iGyoDo"); !strings.Contains(token, `"access_token":"`) {
		t.Errorf("the token: %s", token)
	}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

func TestProgramOfTheReadmeFinishesRequestsAndCloses(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), program(t))
	addr := freeAddress(t)
	cmd.Env = append(os.Environ(), "ADDR="+addr)
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
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	go func() { answered <- openWhenReady(t, client, "http://"+addr+"/slow") }()
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
func openWhenReady(t *testing.T, client *http.Client, address string) string {
	for t.Context().Err() == nil {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
		if err != nil {
			return err.Error()
		}
		r.Header.Set("Accept", "text/html") // as a browser does
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
