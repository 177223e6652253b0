package main

import (
	"context"
	"net"
	"sync"
)

// A wire connects a replica with Redis. While it is cut, bytes get lost and neither side learns of it, as in a network that is
// divided.
type wire struct {
	to       string
	listener net.Listener

	mu    sync.Mutex // guards what follows
	isCut bool
	ends  map[net.Conn]struct{}
}

func newWire(ctx context.Context, to string) (*wire, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	w := &wire{to: to, listener: listener, ends: make(map[net.Conn]struct{})}
	go w.accept(ctx)
	return w, nil
}

func (w *wire) accept(ctx context.Context) {
	for {
		replica, err := w.listener.Accept()
		if err != nil {
			return // it is closed
		}
		go w.connect(ctx, replica)
	}
}

func (w *wire) connect(ctx context.Context, replica net.Conn) {
	redis, err := (&net.Dialer{}).DialContext(ctx, "tcp", w.to)
	if err != nil {
		_ = replica.Close()
		return
	}
	w.mu.Lock()
	w.ends[replica], w.ends[redis] = struct{}{}, struct{}{}
	w.mu.Unlock()
	go w.pass(replica, redis)
	w.pass(redis, replica)
}

// pass passes on what comes from one end to the other, until either is closed.
func (w *wire) pass(from, to net.Conn) {
	defer w.forget(from)
	defer w.forget(to)
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		if err != nil {
			return
		}
		if w.cut() {
			continue
		}
		if _, err := to.Write(buffer[:n]); err != nil {
			return
		}
	}
}

func (w *wire) forget(c net.Conn) {
	_ = c.Close()
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.ends, c)
}

func (w *wire) cut() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.isCut
}

// set cuts the wire, or mends it: connections that have lost bytes end.
func (w *wire) set(cut bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.isCut = cut
	if cut {
		return
	}
	for c := range w.ends {
		_ = c.Close()
	}
}

func (w *wire) close() {
	_ = w.listener.Close()
	w.set(false)
}
