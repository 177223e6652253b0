package serve

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/go-pme/pme/cmd/pme/internal/config"
	"github.com/go-pme/pme/cmd/pme/internal/drain"
	"github.com/go-pme/pme/cmd/pme/internal/listen"
)

const (
	defaultDrain = 15 * time.Second
	maxHeader    = 64 << 10 // the cookies of a login with many groups need some 16 KiB
)

// server returns a server for h. Streams of events set deadlines of their own.
func (g *Gateway) server(h http.Handler) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      time.Minute,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(g.log.Handler(), slog.LevelWarn),
	}
}

// Listen listens where cfg says. With the port 0, cfg.Addr gets the real one, which [Build] needs to know.
func Listen(ctx context.Context, cfg *config.Config) (net.Listener, error) {
	addr := cmp.Or(cfg.Addr, DefaultAddr)
	listener, err := listen.On(ctx, addr)
	if err != nil {
		return nil, Problems{ProblemOf("addr", err)}
	}
	if _, socket := listen.Socket(addr); !socket {
		cfg.Addr = listener.Addr().String()
	}
	return listener, nil
}

// Run listens and serves until ctx ends: see [Gateway.Serve].
func (g *Gateway) Run(ctx context.Context, ready func(addr string)) error {
	cfg := g.cfg
	listener, err := Listen(ctx, &cfg)
	if err != nil {
		return err
	}
	return g.Serve(ctx, listener, ready)
}

// Serve answers requests until ctx ends, and then drains: the readiness probe answers 503 first, streams of events end, so that browsers
// connect to another replica, and requests that are under way finish. They have as long as the configuration says; what has not finished
// then is cut off, and an error. It calls ready when it has begun, and closes the listener. Call [Gateway.Close] after it.
func (g *Gateway) Serve(ctx context.Context, listener net.Listener, ready func(addr string)) error {
	open := drain.NewListener(listener)
	servers, listeners := []*http.Server{g.server(g.handler)}, []net.Listener{open}
	servers[0].ConnState = g.drain.ConnState
	if g.metrics != nil {
		scraped, err := listen.On(ctx, g.cfg.Metrics.Addr)
		if err != nil {
			return errors.Join(Problems{ProblemOf("metrics.addr", err)}, listener.Close())
		}
		mux := http.NewServeMux()
		mux.Handle("GET /metrics", g.metrics)
		servers, listeners = append(servers, g.server(mux)), append(listeners, scraped)
	}
	failed := make(chan error, len(servers))
	for i, s := range servers {
		go func() { failed <- s.Serve(listeners[i]) }()
	}
	ready(listener.Addr().String())
	var err error
	select {
	case err = <-failed:
		err = fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), g.drainTime())
	defer cancel()
	if err == nil {
		g.drain.Begin()
		g.drain.Wait(limited, g.drainTime()/3)
		open.Stop()
		if ended := <-failed; !errors.Is(ended, net.ErrClosed) { // it has accepted what waited
			err = fmt.Errorf("serve: %w", ended)
		}
		g.drain.Settle(limited)
	}
	return errors.Join(err, g.shutdown(limited, servers))
}

func (g *Gateway) drainTime() time.Duration { return cmp.Or(g.cfg.Drain, defaultDrain) }

// shutdown ends the servers, one after the other: the metrics are there until the end.
func (g *Gateway) shutdown(ctx context.Context, servers []*http.Server) error {
	var errs []error
	for _, s := range servers {
		err := s.Shutdown(ctx)
		if errors.Is(err, context.DeadlineExceeded) {
			err = errors.Join(fmt.Errorf("serve: requests were still under way after %v (drain), and were cut off", g.drainTime()), s.Close())
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}
