package control

import (
	"net"
	"sync"
)

// bounded accepts so many connections at a time as it has places. Further ones wait in the kernel.
type bounded struct {
	net.Listener
	places chan struct{}
	done   chan struct{}
	finish func()
}

func newBounded(l net.Listener, places int) *bounded {
	b := &bounded{Listener: l, places: make(chan struct{}, places), done: make(chan struct{})}
	b.finish = sync.OnceFunc(func() { close(b.done) })
	return b
}

// Accept implements [net.Listener].
func (b *bounded) Accept() (net.Conn, error) {
	select {
	case b.places <- struct{}{}:
	case <-b.done:
		return nil, net.ErrClosed
	}
	conn, err := b.Listener.Accept()
	if err != nil {
		<-b.places
		return nil, err //nolint:wrapcheck // for net/http
	}
	return &place{Conn: conn, leave: sync.OnceFunc(func() { <-b.places })}, nil
}

// Close implements [net.Listener].
func (b *bounded) Close() error {
	b.finish()
	return b.Listener.Close() //nolint:wrapcheck // as above
}

// A place is a connection that gives its place back.
type place struct {
	net.Conn
	leave func()
}

// Close implements [net.Conn].
func (p *place) Close() error {
	p.leave()
	return p.Conn.Close() //nolint:wrapcheck // as above
}
