//go:build unix

// Package netfault is a network between the clients and the servers of tests that can fail.
package netfault

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/go-pme/pme/fleet/internal/ports"
)

// A Direction is one in which bytes go through a [Proxy].
type Direction int

// The directions.
const (
	ToServer Direction = 1 << iota
	ToClient
	Both = ToServer | ToClient
)

// A Proxy is a network between clients and a server. It passes everything on until it is told otherwise.
//
// A proxy can't drop the packets that open a connection. While it swallows or holds, new connections are accepted, and nothing
// comes through. If the server refuses connections, the proxy resets the client's.
type Proxy struct {
	port int

	ctx     context.Context // until the proxy closes
	cancel  context.CancelFunc
	running sync.WaitGroup

	mu       sync.Mutex
	server   string
	listener net.Listener // nil while new connections are refused
	links    map[*link]bool
	accepted int

	// gate is read-locked while a link passes something on, and locked to change what follows.
	gate    sync.RWMutex
	held    Direction
	lost    Direction
	changed chan struct{} // closed when held or lost changes
}

// Start starts a proxy in front of the server at an address.
func Start(tb testing.TB, server string) *Proxy {
	tb.Helper()
	p := &Proxy{server: server, links: map[*link]bool{}, changed: make(chan struct{})}
	p.ctx, p.cancel = context.WithCancel(context.WithoutCancel(tb.Context()))
	tb.Cleanup(p.close)
	for {
		p.port = ports.Reserve(tb)
		err := p.listen()
		if err == nil {
			return p
		}
		if !errors.Is(err, syscall.EADDRINUSE) {
			tb.Fatalf("netfault: %v", err)
		}
	}
}

// Addr returns what clients connect to in place of the server's address.
func (p *Proxy) Addr() string { return ports.Local(p.port) }

// Swallow discards what goes in a direction, as a partition does: neither side gets an error, an end or a reset. After it has
// returned nothing comes through. [Proxy.Heal] resets the connections that have lost bytes.
func (p *Proxy) Swallow(d Direction) { p.change(func() { p.lost, p.held = p.lost|d, p.held&^d }) }

// Hold lets what goes in a direction wait for [Proxy.Heal], and then delivers it late, as TCP does after a short partition. After
// it has returned nothing comes through.
func (p *Proxy) Hold(d Direction) { p.change(func() { p.lost, p.held = p.lost&^d, p.held|d }) }

// Heal passes everything on again, and accepts new connections.
func (p *Proxy) Heal(tb testing.TB) {
	tb.Helper()
	p.change(func() {
		p.lost, p.held = 0, 0
		for _, l := range p.all() {
			l.resetIfTorn()
		}
	})
	p.listenAgain(tb)
}

// listenAgain waits while another process has the port.
func (p *Proxy) listenAgain(tb testing.TB) {
	tb.Helper()
	ctx, cancel := context.WithTimeout(tb.Context(), 30*time.Second)
	defer cancel()
	for err := p.listen(); err != nil; err = p.listen() {
		select {
		case <-time.After(5 * time.Millisecond):
		case <-ctx.Done():
			tb.Fatalf("netfault: %v", err)
		}
	}
}

// Refuse refuses new connections. Those that exist go on.
func (p *Proxy) Refuse() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.listener != nil {
		_ = p.listener.Close()
		p.listener = nil
	}
}

// Reset ends all connections with an RST to both sides. New ones are still accepted.
func (p *Proxy) Reset() {
	for _, l := range p.all() {
		l.reset()
	}
}

// Redirect sends new connections to another server, as the address of a service does. Those that exist go on.
func (p *Proxy) Redirect(server string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.server = server
}

// Accepted returns how many connections the proxy has accepted so far.
func (p *Proxy) Accepted() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.accepted
}

// Connections returns how many connections are open.
func (p *Proxy) Connections() int { return len(p.all()) }

// change runs while nothing is passed on.
func (p *Proxy) change(what func()) {
	p.gate.Lock()
	defer p.gate.Unlock()
	what()
	close(p.changed)
	p.changed = make(chan struct{})
}

func (p *Proxy) all() (links []*link) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for l := range p.links {
		links = append(links, l)
	}
	return links
}

// listen accepts connections, unless it does so already.
func (p *Proxy) listen() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.listener != nil {
		return nil
	}
	listener, err := new(net.ListenConfig).Listen(p.ctx, "tcp", p.Addr())
	if err != nil {
		return fmt.Errorf("listen at %s: %w", p.Addr(), err)
	}
	p.listener = listener
	p.running.Go(func() { p.accept(listener) })
	return nil
}

func (p *Proxy) accept(listener net.Listener) {
	for {
		client, err := listener.Accept()
		if err != nil {
			return
		}
		p.running.Go(func() { p.serve(client) })
	}
}

// serve connects a client to the server until the connection ends.
func (p *Proxy) serve(client net.Conn) {
	server, err := new(net.Dialer).DialContext(p.ctx, "tcp", p.count())
	if err != nil {
		reset(client)
		return
	}
	l := newLink(p, client, server)
	if !p.add(l) {
		l.reset()
		return
	}
	l.run()
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.links, l)
}

// count counts a connection, and returns where it goes.
func (p *Proxy) count() (server string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.accepted++
	return p.server
}

// add reports whether the proxy has not closed.
func (p *Proxy) add(l *link) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ctx.Err() != nil {
		return false
	}
	p.links[l] = true
	return true
}

// close ends the proxy at the end of the test.
func (p *Proxy) close() {
	p.cancel()
	p.Refuse()
	p.Reset()
	p.running.Wait()
}
