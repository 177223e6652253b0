package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// A replica is a process of the application, which can be killed and started again.
type replica struct {
	name    string
	wire    *wire
	args    []string
	env     []string
	stderr  io.Writer
	answers atomic.Int64
	client  http.Client

	starting sync.Mutex // held while the process starts, which takes seconds without Redis

	mu     sync.Mutex // guards what follows
	run    *running   // nil if it does not run
	latest stats
}

// running is one run of the process.
type running struct {
	process *os.Process
	stdin   io.Closer
	origin  string
	ended   chan struct{}
}

func newReplica(ctx context.Context, name, allow string, redis *url.URL, env []string, stderr io.Writer) (*replica, error) {
	w, err := newWire(ctx, redis.Host)
	if err != nil {
		return nil, err
	}
	through := *redis
	through.Host = w.listener.Addr().String()
	return &replica{
		name: name, wire: w, stderr: stderr,
		args: []string{"-addr", "127.0.0.1:0", "-allow", allow, "-valid-for", "92s", "-refresh-before", "62s"},
		env:  append(env[:len(env):len(env)], replicaName+"="+name, "REDIS_URL="+through.String()),
	}, nil
}

// start starts the process, and waits until it serves.
func (r *replica) start() error {
	r.starting.Lock()
	defer r.starting.Unlock()
	if r.origin() != "" {
		return nil
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	command := exec.Command(self, r.args...) //nolint:gosec,noctx // this program; ended by end
	command.Env, command.Stderr = r.env, r.stderr
	stdin, err := command.StdinPipe()
	if err != nil {
		return err
	}
	stdout, err := command.StdoutPipe()
	if err != nil {
		return err
	}
	if err := command.Start(); err != nil {
		return err
	}
	line, _ := bufio.NewReader(stdout).ReadString('\n')
	origin := regexp.MustCompile(`http://[0-9.:]+`).FindString(line)
	if origin == "" {
		_, _ = command.Process.Kill(), command.Wait() // its own words are in the log
		return fmt.Errorf("replica %s does not serve", r.name)
	}
	run := &running{process: command.Process, stdin: stdin, origin: origin, ended: make(chan struct{})}
	r.mu.Lock()
	r.run = run
	r.mu.Unlock()
	go func() {
		_ = command.Wait() // however it ended
		close(run.ended)
		r.forget(run)
	}()
	return nil
}

func (r *replica) forget(run *running) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.run == run {
		r.run, r.latest = nil, stats{}
	}
}

// end sends a signal and waits.
func (r *replica) end(with os.Signal) {
	r.mu.Lock()
	run := r.run
	r.mu.Unlock()
	if run == nil {
		return
	}
	_ = run.process.Signal(with) // it may have ended
	<-run.ended
	r.forget(run)
}

func (r *replica) kill() { r.end(os.Kill) }

func (r *replica) close() {
	r.end(syscall.SIGTERM)
	r.wire.close()
}

// origin is where it serves, or empty.
func (r *replica) origin() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.run == nil {
		return ""
	}
	return r.run.origin
}

// look asks the replica how it is.
func (r *replica) look(ctx context.Context) error {
	origin := r.origin()
	if origin == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, origin+"/stats", http.NoBody)
	if err != nil {
		return err
	}
	answer, err := r.client.Do(request)
	if err != nil {
		return err
	}
	var s stats
	err = errors.Join(json.NewDecoder(answer.Body).Decode(&s), answer.Body.Close())
	r.mu.Lock()
	defer r.mu.Unlock()
	if err == nil && r.run != nil && r.run.origin == origin {
		r.latest = s
	}
	return err
}

// A state is what the page shows of a replica.
type state struct {
	Name    string `json:"name"`
	Origin  string `json:"origin"` // empty if it does not run
	Cut     bool   `json:"cut"`
	Answers int64  `json:"answers"`
	stats
}

func (r *replica) state() state {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := state{Name: r.name, Cut: r.wire.cut(), Answers: r.answers.Load(), stats: r.latest}
	if r.run != nil {
		s.Origin = r.run.origin
	}
	return s
}
