//go:build unix

package blackbox_test

import (
	"bufio"
	"bytes"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// A process is one that runs an example.
type process struct {
	t       *testing.T
	command *exec.Cmd
	origin  string // empty if it has not begun to serve
	stderr  log
	ended   chan struct{}
}

// A log is what a process writes, from two goroutines.
type log struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// launch starts an example, and waits until it serves or has ended.
func launch(t *testing.T, name string, env, args []string) *process {
	t.Helper()
	p := &process{t: t, ended: make(chan struct{})}
	p.command = exec.Command(program(t, name), append([]string{"-addr", "127.0.0.1:0"}, args...)...) //nolint:noctx // ended below
	p.command.Dir = examples + "/.."
	p.command.Env, p.command.Stderr = append([]string{"HOME=" + t.TempDir()}, env...), &p.stderr
	stdout, err := p.command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.kill()
		if text := p.stderr.String(); strings.Contains(text, "goroutine ") { // a panic, or a data race
			t.Errorf("%s has written a stack:\n%s", name, text)
		}
	})
	lines := bufio.NewScanner(stdout)
	served := make(chan string, 1)
	go func() {
		defer close(p.ended)
		for lines.Scan() {
			if found := regexp.MustCompile(`http://[0-9.:]+`).FindString(lines.Text()); found != "" {
				served <- found
			}
		}
		_ = p.command.Wait()
	}()
	select {
	case p.origin = <-served:
	case <-p.ended:
	case <-time.After(30 * time.Second):
		t.Fatalf("%s neither serves nor ends:\n%s", name, &p.stderr)
	}
	return p
}

func (p *process) signal(s syscall.Signal) {
	p.t.Helper()
	if err := p.command.Process.Signal(s); err != nil {
		p.t.Fatal(err)
	}
}

func (p *process) kill() {
	_ = p.command.Process.Kill()
	<-p.ended
}

// wait returns the exit code once the process has ended by itself.
func (p *process) wait(limit time.Duration) int {
	p.t.Helper()
	select {
	case <-p.ended:
	case <-time.After(limit):
		p.t.Fatalf("the process has not ended after %v:\n%s", limit, &p.stderr)
	}
	return p.command.ProcessState.ExitCode()
}
