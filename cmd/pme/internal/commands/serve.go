package commands

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"syscall"

	"github.com/go-pme/pme/cmd/pme/internal/config"
	"github.com/go-pme/pme/cmd/pme/internal/serve"
	"github.com/go-pme/pme/cmd/pme/internal/systemd"
)

func serveCommand(ctx context.Context, args []string, sys System) int {
	hangups := make(chan os.Signal, 1) // before anything else, as a SIGHUP would end the process
	signal.Notify(hangups, syscall.SIGHUP)
	defer signal.Stop(hangups)

	set := newFlags("serve", sys)
	flags := config.RegisterFlags(set)
	if code, ok := parse(set, args, sys); !ok {
		return code
	}
	loaded, err := config.Load(sys.sources(flags))
	if err != nil {
		sys.say("%v", err)
		return exitUsage
	}
	s := &serving{sys: sys, flags: flags, loaded: loaded, cfg: loaded.Config}
	s.log, s.level = newLog(s.cfg.Log, sys.Stderr)
	listener, err := s.build(ctx)
	if problems, ok := errors.AsType[serve.Problems](err); ok {
		sys.say("%v", located(loaded, problems))
		if problems.Passing() {
			return exitNo
		}
		return exitUsage
	}
	if err != nil {
		sys.say("pme serve: %v", err)
		return exitNo
	}
	s.warnOfRights(ctx)
	return s.run(ctx, listener, hangups)
}

// serving is a gateway and what it was made of.
type serving struct {
	sys     System
	flags   *config.Flags
	loaded  *config.Loaded
	cfg     config.Config // that of loaded, with the port that was found
	log     *slog.Logger
	level   *slog.LevelVar
	gateway *serve.Gateway

	endSocket func() // closes the socket of operators
	isDemo    bool
}

// build listens and makes the gateway. It listens first, as the port can be a part of addresses.
func (s *serving) build(ctx context.Context) (net.Listener, error) {
	s.isDemo = s.loaded.File == "" && serve.IsDemo(s.cfg)
	listener, err := serve.Listen(ctx, &s.cfg)
	if err != nil {
		return nil, err //nolint:wrapcheck // it is a list of problems
	}
	build := serve.Build
	if s.isDemo {
		build = serve.Demo
	}
	if s.gateway, err = build(ctx, s.cfg, s.log); err == nil {
		s.endSocket, err = s.openSocket()
	}
	if err != nil {
		_ = listener.Close() // the problems count
		return nil, err
	}
	return listener, nil
}

// run serves until ctx ends.
func (s *serving) run(ctx context.Context, listener net.Listener, hangups <-chan os.Signal) int {
	ctx, end := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case <-hangups:
				s.reload(ctx)
			case <-ctx.Done():
				s.log.InfoContext(ctx, "stopping: requests may finish")
				s.notify(ctx, systemd.Stopping)
				return
			}
		}
	}()
	err := s.gateway.Serve(ctx, listener, func(addr string) {
		s.greet(ctx, addr)
		s.notify(ctx, systemd.Ready)
	})
	end()
	<-ended
	s.endSocket()
	if err := errors.Join(err, s.gateway.Close()); err != nil {
		s.sys.say("pme serve: %v", err)
		return exitNo
	}
	return exitFine
}

// greet says where the gateway is.
func (s *serving) greet(ctx context.Context, addr string) {
	switch {
	case !s.isDemo:
		s.sys.answer("pme: listening on %s\n", addr)
	case serve.Emulated(s.cfg):
		s.sys.answer("pme: http://%s/ (a demo on an emulator of Matterport: sign in as alice, bob or carol, password demo; let no other machine reach it)\n", addr)
	default:
		s.sys.answer("pme: http://%s/ (a demo: sign in as alice, bob or carol, password demo; let no other machine reach it)\n", addr)
		s.log.WarnContext(ctx, "demo login in front of a real account: everybody on this machine can sign in; configure login and access.file")
	}
}

func (s *serving) notify(ctx context.Context, states ...string) {
	if err := systemd.Notify(context.WithoutCancel(ctx), s.sys.Env, states...); err != nil {
		s.log.WarnContext(ctx, "service manager not told", slog.Any("error", err))
	}
}
