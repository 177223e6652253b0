//go:build unix

package main_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/go-pme/pme/matterport/matterporttest"
)

const office = "SxQL3iGyoDo"

var binary string // the program, built once

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "pme-test-")
	if err == nil {
		binary = filepath.Join(dir, "pme")
		var out []byte
		if out, err = exec.CommandContext(context.Background(), "go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
			err = fmt.Errorf("%w\n%s", err, out)
		}
	}
	code := 1
	if err == nil {
		code = m.Run()
	} else {
		fmt.Fprintln(os.Stderr, err)
	}
	_ = os.RemoveAll(dir)
	if code == 0 {
		if err := goleak.Find(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

// A process is the program as it runs.
type process struct {
	cmd    *exec.Cmd
	origin string
	stderr *log
	line   string // what it said when it was ready
	ended  chan error
}

// A log is what a process writes to standard error. It can be read while it is written.
type log struct {
	mu   sync.Mutex
	text strings.Builder
	news chan struct{}
}

func (l *log) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text.Write(b)
	select {
	case l.news <- struct{}{}:
	default:
	}
	return len(b), nil
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// wait waits until the log has a text.
func (l *log) wait(t *testing.T, text string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for !strings.Contains(l.String(), text) {
		select {
		case <-l.news:
		case <-ctx.Done():
			t.Fatalf("%q is not in the log:\n%s", text, l)
		}
	}
}

// start starts pme serve and waits until it is ready.
func start(t testing.TB, env []string, args ...string) *process {
	t.Helper()
	p := &process{stderr: &log{news: make(chan struct{}, 1)}, ended: make(chan error, 1)}
	p.cmd = exec.CommandContext(context.Background(), binary, append([]string{"serve"}, args...)...)
	p.cmd.Dir, p.cmd.Env, p.cmd.Stderr = t.TempDir(), append([]string{"TMPDIR=" + t.TempDir()}, env...), p.stderr
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(stdout)
	lines.Scan()
	p.line = lines.Text()
	go func() {
		_, _ = io.Copy(io.Discard, stdout)
		p.ended <- p.cmd.Wait()
	}()
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill() // if it still runs
	})
	_, at, found := strings.Cut(p.line, "127.0.0.1:")
	if !found {
		t.Fatalf("%q\n%s", p.line, p.stderr)
	}
	port, _, _ := strings.Cut(strings.TrimRight(at, " "), "/")
	p.origin = "http://127.0.0.1:" + port
	return p
}

func (p *process) signal(t testing.TB, s os.Signal) {
	t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		t.Fatal(err)
	}
}

// account returns the environment of a process that shows an emulator as if it were the account.
func account(t testing.TB) []string {
	up := matterporttest.NewServer(t, matterporttest.Config{})
	return []string{
		"MATTERPORT_CLIENT_ID=" + matterporttest.DefaultClientID, "MATTERPORT_CLIENT_SECRET=" + matterporttest.DefaultClientSecret,
		"MATTERPORT_API_URL=" + up.URL,
	}
}

// signIn returns a client that is signed in as alice.
func signIn(t testing.TB, origin string) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{MaxIdleConnsPerHost: 64}
	t.Cleanup(transport.CloseIdleConnections)
	c := &http.Client{
		Jar: jar, Transport: transport, Timeout: 30 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	form := url.Values{"username": {"alice"}, "password": {"demo"}}.Encode()
	r, err := http.NewRequestWithContext(context.Background(), http.MethodPost, origin+"/login", strings.NewReader(form))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusSeeOther {
		t.Fatal(res.Status)
	}
	return c
}

func token(c *http.Client, origin string) (status int, err error) {
	r, err := http.NewRequestWithContext(context.Background(), http.MethodGet, origin+"/pme/token?modelId="+office, nil)
	if err != nil {
		return 0, err
	}
	res, err := c.Do(r)
	if err != nil {
		return 0, err
	}
	defer func() { _ = res.Body.Close() }()
	_, err = io.Copy(io.Discard, res.Body)
	return res.StatusCode, err
}

func TestWithoutAConfigurationItIsADemo(t *testing.T) {
	p := start(t, nil, "-addr", "127.0.0.1:0")
	if !strings.Contains(p.line, "demo") || !strings.Contains(p.line, "emulator") || !strings.Contains(p.line, "alice") {
		t.Errorf("%q", p.line)
	}
	if status, err := token(signIn(t, p.origin), p.origin); status != http.StatusOK || err != nil {
		t.Errorf("%d, %v", status, err)
	}
	p.signal(t, syscall.SIGTERM)
	if err := <-p.ended; err != nil {
		t.Errorf("%v\n%s", err, p.stderr)
	}
}

// As the examples: the account is in the environment, and the address is a flag.
func TestWithAnAccountTheDemoWarns(t *testing.T) {
	p := start(t, account(t), "-addr", "127.0.0.1:0")
	if strings.Contains(p.line, "emulator") {
		t.Errorf("%q", p.line)
	}
	p.stderr.wait(t, "demo login in front of a real account")
	if status, err := token(signIn(t, p.origin), p.origin); status != http.StatusOK || err != nil {
		t.Errorf("%d, %v", status, err)
	}
	p.signal(t, os.Interrupt)
	if err := <-p.ended; err != nil {
		t.Errorf("%v\n%s", err, p.stderr)
	}
}

func TestHalfOfTheCredentialsIsNoDemo(t *testing.T) {
	for _, env := range []string{"MATTERPORT_CLIENT_ID=x", "MATTERPORT_CLIENT_SECRET=x", "MATTERPORT_API_URL=http://127.0.0.1:1", "PME_BASE_URL=https://x.example.com"} {
		cmd := exec.CommandContext(t.Context(), binary, "serve", "-addr", "127.0.0.1:0")
		cmd.Dir, cmd.Env = t.TempDir(), []string{env}
		out, err := cmd.CombinedOutput()
		if cmd.ProcessState.ExitCode() != 2 || !strings.Contains(string(out), "is missing") {
			t.Errorf("%s: %v\n%s", env, err, out)
		}
	}
}

// A second SIGTERM ends what a request that never finishes keeps from ending.
func TestASecondSignalEndsItAtOnce(t *testing.T) {
	p := start(t, []string{"PME_DRAIN=1h"}, "-addr", "127.0.0.1:0")
	c := signIn(t, p.origin)
	body, hold := io.Pipe()
	defer func() { _ = hold.Close() }()
	go func() {
		r, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, p.origin+"/login", body)
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if res, err := c.Do(r); err == nil {
			_ = res.Body.Close()
		}
	}()
	if _, err := hold.Write([]byte("username=")); err != nil { // the request is under way
		t.Fatal(err)
	}
	p.signal(t, syscall.SIGTERM)
	p.stderr.wait(t, "stopping")
	p.signal(t, syscall.SIGTERM)
	err := <-p.ended
	if status, ok := p.cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || !status.Signaled() {
		t.Errorf("%v", err)
	}
}

func TestAHangupReadsAgainWhatCanBe(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "pme.yaml")
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path+".new", []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(path+".new", path); err != nil {
			t.Fatal(err)
		}
		return path
	}
	hook := write("hook", "a secret of Matterport's webhooks")
	list := write("allow.yaml", "rules: []\n")
	conf := func(level, title string) string {
		return "log: {level: " + level + "}\npages: {title: " + title + "}\nwebhook: {secret_file: " + hook + "}\naccess: {file: " + list +
			"}\nlogin: {headers: {proxies: [127.0.0.1], user: X-User}}\n"
	}
	write("pme.yaml", conf("info", "Spaces"))
	p := start(t, account(t), "-config", file, "-addr", "127.0.0.1:0")
	write("pme.yaml", conf("debug", "Places"))
	write("hook", "another secret of the webhooks")
	p.signal(t, syscall.SIGHUP)
	p.stderr.wait(t, "reloaded: the log level")
	said := p.stderr.String()
	for _, want := range []string{"pages.title: it has changed, and counts after a restart", "webhook.secret: the new value is in use"} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not in the log:\n%s", want, said)
		}
	}
	if strings.Contains(said, "another secret") || strings.Contains(said, "access.file") {
		t.Errorf("the log says too much:\n%s", said)
	}
	write("pme.yaml", "nonsense: true\n")
	p.signal(t, syscall.SIGHUP)
	p.stderr.wait(t, "the configuration stays as it was")
	if said := p.stderr.String(); !strings.Contains(said, "configuration not reloaded") || strings.Count(said, "reloaded: the log level") != 1 {
		t.Errorf("a wrong configuration was reloaded:\n%s", said)
	}
	p.signal(t, syscall.SIGTERM)
	if err := <-p.ended; err != nil {
		t.Errorf("%v\n%s", err, p.stderr)
	}
}
