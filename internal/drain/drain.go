// Package drain ends long answers when the server that they belong to shuts down. [http.Server.Shutdown] waits for
// answers to end, so a stream without an end would hold it up.
package drain

import (
	"context"
	"net/http"
	"sync"
)

// A Group ends long answers. It is safe for concurrent use.
type Group struct {
	// Closed is closed by Close.
	Closed <-chan struct{}
	close  func()

	mu      sync.Mutex
	servers map[*http.Server]chan struct{}
}

// New makes a group.
func New() *Group {
	closed := make(chan struct{})
	return &Group{Closed: closed, close: sync.OnceFunc(func() { close(closed) }), servers: make(map[*http.Server]chan struct{})}
}

// Shutdown returns a channel that is closed when the server of the request with this context shuts down. If no
// server is known, it is nil.
func (g *Group) Shutdown(ctx context.Context) <-chan struct{} {
	server, ok := ctx.Value(http.ServerContextKey).(*http.Server)
	if !ok {
		return nil
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	begun, ok := g.servers[server]
	if !ok {
		begun = make(chan struct{})
		g.servers[server] = begun
		server.RegisterOnShutdown(sync.OnceFunc(func() { close(begun) }))
	}
	return begun
}

// Close ends all answers, also those that begin later. It does not wait. It can be called more than once.
func (g *Group) Close() { g.close() }
