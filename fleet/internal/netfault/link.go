//go:build unix

package netfault

import (
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// patience is how long a link keeps the gate while a side does not read. It looks again at what to do then.
const patience = 20 * time.Millisecond

// A link is one connection through a proxy.
type link struct {
	proxy          *Proxy
	client, server net.Conn

	torn  atomic.Bool // bytes have been lost, so that none may follow
	once  sync.Once
	ended chan struct{}
}

func newLink(p *Proxy, client, server net.Conn) *link {
	return &link{proxy: p, client: client, server: server, ended: make(chan struct{})}
}

// run passes bytes on until both sides have ended.
func (l *link) run() {
	var both sync.WaitGroup
	both.Go(func() { l.pump(ToServer, l.client, l.server) })
	both.Go(func() { l.pump(ToClient, l.server, l.client) })
	both.Wait()
	l.end(func(c net.Conn) { _ = c.Close() })
}

func (l *link) reset() { l.end(reset) }

func (l *link) resetIfTorn() {
	if l.torn.Load() {
		l.reset()
	}
}

func (l *link) end(with func(net.Conn)) {
	l.once.Do(func() {
		close(l.ended)
		with(l.client)
		with(l.server)
	})
}

// reset closes a connection with an RST.
func reset(c net.Conn) {
	if tcp, ok := c.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = c.Close()
}

// pump passes on what one side sends, and at last its end.
func (l *link) pump(d Direction, from, to net.Conn) {
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		l.deliver(d, to, buffer[:n])
		if err != nil {
			l.deliverEnd(d, to, err)
			return
		}
	}
}

// deliver returns when all bytes are passed on or lost.
func (l *link) deliver(d Direction, to net.Conn, bytes []byte) {
	for len(bytes) > 0 {
		n, wait := l.attempt(d, to, bytes)
		bytes = bytes[n:]
		if wait != nil && !l.await(wait) {
			return
		}
	}
}

// attempt passes some bytes on, and returns how many are dealt with. If it has to wait, it returns until when.
func (l *link) attempt(d Direction, to net.Conn, bytes []byte) (n int, wait <-chan struct{}) {
	p := l.proxy
	p.gate.RLock()
	defer p.gate.RUnlock()
	switch {
	case p.held&d != 0:
		return 0, p.changed
	case p.lost&d != 0:
		l.torn.Store(true)
		return len(bytes), nil
	}
	_ = to.SetWriteDeadline(time.Now().Add(patience))
	n, err := to.Write(bytes)
	if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
		// That side has ended. The other pump reads it, and knows whether this side may learn of it.
		return len(bytes), nil
	}
	return n, nil
}

// deliverEnd passes on that a side has ended, once ends come through in that direction.
func (l *link) deliverEnd(d Direction, to net.Conn, end error) {
	for {
		wait := l.attemptEnd(d, to, end)
		if wait == nil || !l.await(wait) {
			return
		}
	}
}

func (l *link) attemptEnd(d Direction, to net.Conn, end error) (wait <-chan struct{}) {
	p := l.proxy
	p.gate.RLock()
	defer p.gate.RUnlock()
	if p.lost&d != 0 {
		l.torn.Store(true)
	}
	if (p.lost|p.held)&d != 0 {
		return p.changed
	}
	tcp, ok := to.(*net.TCPConn)
	if ok && errors.Is(end, io.EOF) {
		_ = tcp.CloseWrite()
		return nil
	}
	l.reset()
	return nil
}

// await reports whether the link has not ended meanwhile.
func (l *link) await(wait <-chan struct{}) bool {
	select {
	case <-wait:
		return true
	case <-l.ended:
		return false
	}
}
