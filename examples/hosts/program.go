package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os/exec"
	"sync"
	"syscall"
	"time"
)

// patience is how long a program may take to start on a busy machine.
const patience = time.Minute

// A program is a process of the site.
type program struct {
	name  string
	cmd   *exec.Cmd
	log   *output
	lines chan string // those of its output, until one is not wanted
	ended chan struct{}
}

// output collects what processes write, and passes it on.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
	to   io.Writer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.text.Write(p)
	return o.to.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// startProgram starts a process in the foreground.
func startProgram(cmd *exec.Cmd, log io.Writer) (*program, error) {
	p := &program{name: cmd.Path, cmd: cmd, log: &output{to: log}, lines: make(chan string, 16), ended: make(chan struct{})}
	read, write := io.Pipe()
	cmd.Stdout, cmd.Stderr = io.MultiWriter(p.log, write), io.MultiWriter(p.log, write)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // PHP's server leaves its workers behind
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	go p.scan(read)
	go func() {
		_ = cmd.Wait() // by a signal
		_ = write.Close()
		close(p.ended)
	}()
	return p, nil
}

// scan passes on the first lines, and drops the rest.
func (p *program) scan(r io.Reader) {
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		select {
		case p.lines <- lines.Text():
		default:
		}
	}
	_, _ = io.Copy(io.Discard, r)
}

// line returns the first line that find finds something in.
func (p *program) line(ctx context.Context, find func(line string) string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		select {
		case line := <-p.lines:
			if found := find(line); found != "" {
				return found, nil
			}
		case <-p.ended:
			return "", fmt.Errorf("%s has ended:\n%s", p.name, p.log)
		case <-ctx.Done():
			return "", fmt.Errorf("%s is not ready:\n%s", p.name, p.log)
		}
	}
}

// listens waits until the process accepts connections.
func (p *program) listens(ctx context.Context, network, address string) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		conn, err := new(net.Dialer).DialContext(ctx, network, address)
		if err == nil {
			return conn.Close()
		}
		select {
		case <-p.ended:
			return fmt.Errorf("%s has ended:\n%s", p.name, p.log)
		case <-time.After(10 * time.Millisecond):
		case <-ctx.Done():
			return errors.Join(err, fmt.Errorf("%s is not ready:\n%s", p.name, p.log))
		}
	}
}

// end stops the process, and those that it has started.
func (p *program) end() {
	_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGTERM)
	select {
	case <-p.ended:
	case <-time.After(20 * time.Second):
		_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
		<-p.ended
	}
}
