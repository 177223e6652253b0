//go:build unix

package redistest_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/go-pme/pme/fleet/internal/netfault"
	"github.com/go-pme/pme/fleet/internal/redistest"
)

// A line is a connection through a proxy, without a client library that would connect again.
type line struct {
	net.Conn
	answers *bufio.Reader
}

func dial(t *testing.T, p *netfault.Proxy) *line {
	t.Helper()
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", p.Addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return &line{conn, bufio.NewReader(conn)}
}

func (l *line) send(command string) error {
	_, err := io.WriteString(l, command+"\r\n")
	return err
}

func (l *line) receive(limit time.Duration) (string, error) {
	_ = l.SetReadDeadline(time.Now().Add(limit))
	answer, err := l.answers.ReadString('\n')
	return strings.TrimSpace(answer), err
}

func (l *line) wantPong(t *testing.T) {
	t.Helper()
	err := l.send("PING")
	got, err2 := l.receive(10 * time.Second)
	if err = errors.Join(err, err2); err != nil || got != "+PONG" {
		t.Errorf("PING: %q, %v", got, err)
	}
}

func (l *line) wantSilence(t *testing.T) {
	t.Helper()
	if got, err := l.receive(50 * time.Millisecond); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("answer %q, %v", got, err)
	}
}

func (l *line) wantReset(t *testing.T) {
	t.Helper()
	if got, err := l.receive(10 * time.Second); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("answer %q, %v", got, err)
	}
}

func TestProxySwallows(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		d       netfault.Direction
		arrives string
	}{
		"requests": {netfault.ToServer, ""},
		"answers":  {netfault.ToClient, "value"},
		"both":     {netfault.Both, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := redistest.Start(t)
			p := netfault.Start(t, s.Addr())
			l, idle := dial(t, p), dial(t, p)
			l.wantPong(t)
			idle.wantPong(t)
			p.Swallow(test.d)
			if err := l.send("SET key value"); err != nil {
				t.Fatal(err)
			}
			l.wantSilence(t)
			if test.arrives != "" {
				awaitValue(t, s, test.arrives)
			} else if got := get(t, s, "key"); got != "" {
				t.Errorf("the server has got %q", got)
			}
			late := dial(t, p)
			p.Heal(t)
			l.wantReset(t)
			idle.wantPong(t)
			late.wantPong(t)
		})
	}
}

func awaitValue(t *testing.T, s *redistest.Server, want string) {
	t.Helper()
	eventually(t, "SET", func(context.Context) error {
		if get(t, s, "key") != want {
			return errStill
		}
		return nil
	})
}

func TestProxyHolds(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	p := netfault.Start(t, s.Addr())
	l := dial(t, p)
	l.wantPong(t)
	p.Hold(netfault.ToClient)
	if err := l.send("SET key value"); err != nil {
		t.Fatal(err)
	}
	l.wantSilence(t)
	awaitValue(t, s, "value")
	p.Heal(t)
	if got, err := l.receive(10 * time.Second); got != "+OK" || err != nil {
		t.Errorf("late answer: %q, %v", got, err)
	}
}

// A killed server closes its connections. Behind a partition a client does not learn of it.
func TestProxySwallowsTheEndOfTheServer(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	p := netfault.Start(t, s.Addr())
	l := dial(t, p)
	l.wantPong(t)
	p.Swallow(netfault.Both)
	s.Kill(t)
	l.wantSilence(t)
	s.Restart(t)
	p.Heal(t)
	l.wantReset(t)
	dial(t, p).wantPong(t)
}

func TestProxyRefusesAndResets(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	p := netfault.Start(t, s.Addr())
	l := dial(t, p)
	l.wantPong(t)
	p.Refuse()
	if conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", p.Addr()); !errors.Is(err, syscall.ECONNREFUSED) {
		if err == nil {
			_ = conn.Close()
		}
		t.Errorf("a new connection: %v", err)
	}
	l.wantPong(t)
	p.Reset()
	l.wantReset(t)
	p.Heal(t)
	dial(t, p).wantPong(t)
	eventually(t, "end of the first connection", func(context.Context) error {
		if n := p.Connections(); n != 1 {
			return fmt.Errorf("%d connections", n)
		}
		return nil
	})
}

// A frozen server does not read. Its full buffers must not keep the proxy from a change.
func TestProxyChangesWhileTheServerDoesNotRead(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	p := netfault.Start(t, s.Addr())
	l := dial(t, p)
	l.wantPong(t)
	s.Freeze(t)
	_ = l.SetWriteDeadline(time.Now().Add(500 * time.Millisecond))
	if err := l.send(strings.Repeat("x", 64<<20)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("64 MB to a frozen server: %v", err)
	}
	began := time.Now()
	p.Swallow(netfault.Both)
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("Swallow took %v", took)
	}
	_ = l.SetWriteDeadline(time.Now().Add(10 * time.Second))
	if err := l.send(strings.Repeat("x", 64<<20)); err != nil {
		t.Errorf("64 MB that are swallowed: %v", err)
	}
	p.Heal(t)
	l.wantReset(t)
}
