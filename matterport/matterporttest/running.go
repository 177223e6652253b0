package matterporttest

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
)

// Running is an emulator that listens on a loopback port.
type Running struct {
	*Server

	// URL is the origin to point a client at, without a slash at its end.
	URL string

	listener *httptest.Server
}

// Client returns an HTTP client whose idle connections are closed together with the server.
func (r *Running) Client() *http.Client { return r.listener.Client() }

// NewServer starts an emulator for as long as t runs. At t's end requests that are still held by [Hang]
// or [Latency] are let go, so that the cleanup does not wait for clients that have no time limit.
func NewServer(t testing.TB, cfg Config) *Running {
	t.Helper()
	s := New(cfg)
	ctx, letGo := context.WithCancel(context.Background())
	listener := httptest.NewUnstartedServer(s)
	listener.Config.BaseContext = func(net.Listener) context.Context { return ctx }
	listener.Start()
	t.Cleanup(func() {
		letGo()
		listener.Close()
	})
	return &Running{Server: s, URL: listener.URL, listener: listener}
}
