package demo

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"
)

// grace is how long requests that are under way may take to finish when the program is told to stop.
const grace = 10 * time.Second

// A Server is a handler and where it listens.
type Server struct {
	Listener net.Listener
	Handler  http.Handler
}

// Serve answers requests until ctx ends, and then lets those that are under way finish. It calls ready when it has
// begun.
func Serve(ctx context.Context, listener net.Listener, h http.Handler, ready func()) error {
	return ServeAll(ctx, ready, Server{listener, h})
}

// ServeAll is Serve for several servers. They stop one after the other, so put those first that call the others.
func ServeAll(ctx context.Context, ready func(), servers ...Server) error {
	failed := make(chan error, len(servers))
	running := make([]*http.Server, len(servers))
	for i, s := range servers {
		running[i] = &http.Server{
			Handler:           s.Handler,
			ReadHeaderTimeout: 5 * time.Second,
			ReadTimeout:       10 * time.Second,
			WriteTimeout:      time.Minute,
			IdleTimeout:       2 * time.Minute,
		}
		go func() { failed <- running[i].Serve(s.Listener) }()
	}
	ready()
	var errs []error
	select {
	case err := <-failed:
		errs = append(errs, err)
	case <-ctx.Done():
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	for _, server := range running {
		err := server.Shutdown(ctx)
		if err != nil { // what is under way has had its time
			err = errors.Join(err, server.Close())
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}
