//go:build unix

package servertest

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os/exec"
	"strings"
	"testing"
)

// A Redis is a server on a port of loopback. It keeps nothing on the disk.
type Redis struct {
	*server
	Addr string
}

// NewRedis returns a server that was started.
func NewRedis(t testing.TB) Redis {
	t.Helper()
	s := newServer(t)
	program, err := exec.LookPath("redis-server")
	if err != nil {
		t.Fatal("Redis is not installed: apt-get install redis-server, or leave these tests out with -short")
	}
	r := Redis{s, ClosedPort(t)}
	_, port, _ := net.SplitHostPort(r.Addr)
	s.program, s.args = program, []string{"--bind", "127.0.0.1", "--port", port, "--save", "", "--appendonly", "no"}
	s.answers = func(ctx context.Context) error {
		_, err := r.ask(ctx, "PING")
		return err
	}
	s.Start(t)
	return r
}

// URL returns the address of the server.
func (r Redis) URL() string { return "redis://" + r.Addr }

// Do returns the first line of the answer to a command, as the protocol has it.
func (r Redis) Do(t testing.TB, command string) string {
	t.Helper()
	answer, err := r.ask(t.Context(), command)
	must(t, err)
	return answer
}

func (r Redis) ask(ctx context.Context, command string) (string, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", r.Addr)
	if err != nil {
		return "", err
	}
	defer func() { _ = conn.Close() }()
	if _, err := fmt.Fprintf(conn, "%s\r\n", command); err != nil {
		return "", err
	}
	line, err := bufio.NewReader(conn).ReadString('\n')
	return strings.TrimSpace(line), err
}

// ClosedPort returns an address of loopback at which no process listens.
func ClosedPort(t testing.TB) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	must(t, err)
	must(t, listener.Close())
	return listener.Addr().String()
}
