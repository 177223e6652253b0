package control_test

import (
	"bufio"
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-pme/pme/cmd/pme/internal/control"
	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/middleware"
)

// A door is a gate whose sessions end only when it is told, if it is held.
type door struct {
	*middleware.Gate
	held atomic.Pointer[hold]
}

type hold struct {
	begun    chan struct{} // gets a value for each revocation that has begun
	released chan struct{}
}

// hold holds the revocations from now on.
func (d *door) hold() *hold {
	h := &hold{begun: make(chan struct{}, 100), released: make(chan struct{})}
	d.held.Store(h)
	return h
}

// release has them go on, and holds no more.
func (d *door) release() { close(d.held.Swap(nil).released) }

// RevokeSessions implements [middleware.SessionRevoker].
func (d *door) RevokeSessions(ctx context.Context, userID, session string) error {
	if h := d.held.Load(); h != nil {
		h.begun <- struct{}{}
		select {
		case <-h.released:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return d.Gate.RevokeSessions(ctx, userID, session)
}

// wait waits for a value.
func wait(t *testing.T, c <-chan struct{}, what string) {
	t.Helper()
	select {
	case <-c:
	case <-time.After(10 * time.Second):
		t.Fatalf("%s has not happened", what)
	}
}

func TestARevocationGoesOnWhenItsClientLeaves(t *testing.T) {
	left := make(chan struct{}, 1)
	p := start(t, func(s *control.Server) { s.OnLeave(func() { left <- struct{}{} }) })
	token := p.open(t, "alice", "phone", office)
	held := p.door.hold()
	ctx, leave := context.WithCancel(t.Context())
	asked := make(chan error, 1)
	go func() {
		_, err := p.client.Revoke(ctx, control.Revocation{User: "alice"})
		asked <- err
	}()
	wait(t, held.begun, "the revocation")
	leave()
	if err := <-asked; !errors.Is(err, control.ErrNoProcess) {
		t.Errorf("the client has not left: %v", err)
	}
	wait(t, left, "that the server notices")
	if !p.up.Live(token) {
		t.Error("the revocation was not held")
	}
	p.door.release()
	by := "an operator on this machine"
	if runtime.GOOS == "linux" {
		by = "uid "
	}
	if !p.saw(t, func(e event.Event) bool {
		return e.Kind == event.TokensRevoked && e.User == "alice" && e.Count == 1 && strings.HasPrefix(e.By, by)
	}) {
		t.Errorf("no token was revoked by %q", by)
	}
	if !p.saw(t, func(e event.Event) bool {
		return e.Kind == event.AdminActed && e.Reason == "revoke_user" && e.Detail == "" && strings.HasPrefix(e.By, by)
	}) {
		t.Errorf("the revocation has failed:\n%s", p.log)
	}
	if who, err := p.client.Who(t.Context(), control.Search{}); err != nil || who.Total != 0 || p.up.Live(token) {
		t.Errorf("%+v %v", who, err)
	}
}

func TestMoreCommandsThanAreCarriedOutAtATimeAreRefused(t *testing.T) {
	p := start(t)
	token := p.open(t, "alice", "phone", office)
	held := p.door.hold()
	var asking sync.WaitGroup
	for range control.MaxAtOnce {
		asking.Go(func() {
			if _, err := p.client.Revoke(t.Context(), control.Revocation{User: "alice"}); err != nil {
				t.Error(err)
			}
		})
	}
	for range control.MaxAtOnce {
		wait(t, held.begun, "a revocation")
	}
	soon, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if _, err := p.client.Revoke(soon, control.Revocation{User: "alice"}); refusal(err) == nil || refusal(err).Code != "busy" {
		t.Errorf("one more: %v", err)
	}
	if _, err := p.client.Health(soon); refusal(err) == nil || refusal(err).Code != "busy" {
		t.Errorf("another command: %v", err)
	}
	p.door.release()
	asking.Wait()
	if p.up.Live(token) {
		t.Error("the token was not revoked")
	}
	if _, err := p.client.Health(t.Context()); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

func TestFurtherConnectionsWait(t *testing.T) {
	p := start(t)
	var open []*connection
	for range control.MaxConns {
		c := p.connect(t)
		c.ask(t)
		if status, err := c.status(10 * time.Second); err != nil || status != http.StatusOK {
			t.Fatalf("%d %v", status, err)
		}
		open = append(open, c)
	}
	waiting := p.connect(t)
	waiting.ask(t)
	if status, err := waiting.status(200 * time.Millisecond); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("one more gets an answer: %d %v", status, err)
	}
	must(t, open[0].Close())
	if status, err := waiting.status(10 * time.Second); err != nil || status != http.StatusOK {
		t.Errorf("it gets none once there is room: %d %v", status, err)
	}
	must(t, waiting.Close())
	for _, c := range open[1:] {
		must(t, c.Close())
	}
	soon, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for range 2 * control.MaxConns { // every place was given back
		c := control.Dial(p.path)
		if _, err := c.Health(soon); err != nil {
			t.Error(err)
		}
		c.Close()
	}
}

// A connection stays open between two questions.
type connection struct {
	net.Conn
	in *bufio.Reader
}

func (p *process) connect(t *testing.T) *connection {
	t.Helper()
	c, err := new(net.Dialer).DialContext(t.Context(), "unix", p.path)
	must(t, err)
	t.Cleanup(func() { _ = c.Close() })
	return &connection{c, bufio.NewReader(c)}
}

func (c *connection) ask(t *testing.T) {
	t.Helper()
	_, err := c.Write([]byte("POST /v1/health HTTP/1.1\r\nHost: pme\r\nPme-Control: 1\r\nContent-Length: 2\r\n\r\n{}"))
	must(t, err)
}

// status reads an answer, within some time.
func (c *connection) status(within time.Duration) (int, error) {
	_ = c.SetReadDeadline(time.Now().Add(within))
	answer, err := http.ReadResponse(c.in, nil)
	if err != nil {
		return 0, err
	}
	return answer.StatusCode, answer.Body.Close()
}
