//go:build unix

package processes_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/go-pme/pme/fleet/internal/redistest"
)

var (
	namespaces atomic.Int64
	client     = new(http.Client)
)

// A site is one fleet of processes.
type site struct {
	settings
	board    *board
	server   *redistest.Server
	replicas []*process
}

// newSite prepares a fleet on a new server.
func newSite(t *testing.T, change func(*settings)) *site {
	t.Helper()
	server := redistest.Start(t)
	s := &site{server: server}
	s.settings = settings{
		Addresses: []string{server.Addr()}, Namespace: fmt.Sprint("test", namespaces.Add(1)), Lease: time.Second, Users: 8,
	}
	s.Board, s.board = newBoard(t)
	if change != nil {
		change(&s.settings)
	}
	return s
}

// start starts n replicas at once.
func (s *site) start(t *testing.T, n int) {
	t.Helper()
	for range n {
		s.replicas = append(s.replicas, s.launch(t, s.settings))
	}
	for _, p := range s.replicas {
		p.ready(t)
	}
}

// A process is one replica, seen from the parent.
type process struct {
	settings
	*exec.Cmd
	lines *bufio.Reader
	log   *logBuffer
	url   string
	ended chan struct{} // closed when it has
	err   error         // then
}

// launch starts a replica whose index is the next one, unless another is given.
func (s *site) launch(t *testing.T, with settings) *process {
	t.Helper()
	with.Index = len(s.replicas)
	return launch(t, with)
}

func launch(t *testing.T, with settings) *process {
	t.Helper()
	text, err := json.Marshal(with)
	if err != nil {
		t.Fatal(err)
	}
	p := &process{settings: with, Cmd: exec.CommandContext(context.WithoutCancel(t.Context()), os.Args[0]), log: new(logBuffer), ended: make(chan struct{})}
	p.Env = append(os.Environ(), replicaVariable+"="+string(text))
	p.Stderr = p.log
	out, err1 := p.StdoutPipe()
	_, err2 := p.StdinPipe() // it ends when this process does
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	p.lines = bufio.NewReader(out)
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.kill(t) })
	return p
}

// ready waits until the replica serves.
func (p *process) ready(t *testing.T) {
	t.Helper()
	if p.url != "" {
		return
	}
	line, err := p.lines.ReadString('\n')
	if err != nil {
		t.Fatalf("replica %d does not start: %v\n%s", p.Index, err, p.log)
	}
	p.url = strings.TrimSpace(line)
	go func() {
		p.err = p.Wait()
		close(p.ended)
	}()
}

// signal sends one to this process only.
func (p *process) signal(t *testing.T, s syscall.Signal) {
	t.Helper()
	if err := p.Process.Signal(s); err != nil {
		t.Fatal(err)
	}
}

func (p *process) kill(t *testing.T) {
	t.Helper()
	_ = p.Process.Kill()
	if p.url == "" {
		_ = p.Wait()
	} else {
		<-p.ended
	}
	if t.Failed() && p.log.String() != "" {
		t.Logf("replica %d:\n%s", p.Index, p.log)
	}
}

// terminate ends the process as an orchestrator does, and returns its exit.
func (p *process) terminate(t *testing.T) error {
	t.Helper()
	p.signal(t, syscall.SIGTERM)
	select {
	case <-p.ended:
		return p.err
	case <-time.After(30 * time.Second):
		t.Fatalf("replica %d does not end on SIGTERM\n%s", p.Index, p.log)
		return nil
	}
}

// do sends an order.
func (p *process) do(ctx context.Context, path string, o order) (report, error) {
	body, err := json.Marshal(o)
	if err != nil {
		return report{}, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url+path, bytes.NewReader(body))
	if err != nil {
		return report{}, err
	}
	request.Header.Set("Idempotency-Key", "any") // a server that drains may close a connection just when it is used again
	answer, err := client.Do(request)
	if err != nil {
		return report{}, err
	}
	defer func() { _ = answer.Body.Close() }()
	return decode(answer)
}

// awaitWell waits until the replica can store something.
func (p *process) awaitWell(t *testing.T, user int) {
	t.Helper()
	eventually(t, fmt.Sprint("replica ", p.Index, " is well again"), func() bool {
		_, err := p.do(t.Context(), "/put", order{User: user, Version: 1})
		return err == nil
	})
}

func (p *process) must(t *testing.T, path string, o order) report {
	t.Helper()
	out, err := p.do(t.Context(), path, o)
	if err != nil {
		t.Fatalf("replica %d: %s: %v", p.Index, path, err)
	}
	return out
}

// A logBuffer has what a process has logged.
type logBuffer struct {
	mu sync.Mutex // guards b
	b  bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// eventually polls until ok.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for !ok() {
		select {
		case <-time.After(time.Millisecond):
		case <-ctx.Done():
			t.Fatalf("not in time: %s", what)
		}
	}
}
