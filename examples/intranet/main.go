// The intranet example is a small company intranet with a login of its own, and pme mounted under
// /pme/. With MATTERPORT_CLIENT_ID and MATTERPORT_CLIENT_SECRET in the environment it talks to
// Matterport; without them it starts an emulator of Matterport in its own process.
//
//	go run ./examples/intranet
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/go-pme/pme/access"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.LookupEnv, os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run is the whole program, with its surroundings as arguments.
func run(ctx context.Context, args []string, env func(string) (string, bool), stdout, stderr io.Writer) (err error) {
	flags := flag.NewFlagSet("intranet", flag.ContinueOnError)
	flags.SetOutput(stderr)
	addr := flags.String("addr", "127.0.0.1:8080", "`address` to listen on")
	allow := flags.String("allow", "testdata/allow.yaml", "allow-list `file`; it is read again when it changes")
	validFor := flags.Duration("valid-for", 10*time.Minute, "how long a token lives")
	refreshBefore := flags.Duration("refresh-before", 2*time.Minute, "how much of its life a token must have left to be given out again")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return nil
		}
		return err
	}
	log := slog.New(slog.NewTextHandler(stderr, nil))

	cfg, closeEmulator, err := matterport(env, log)
	if err != nil {
		return err
	}
	defer closeEmulator()
	rules, err := access.OpenFile(*allow, access.FileOptions{Logger: log})
	if err != nil {
		return fmt.Errorf("%w\n(the default is for running from the project's root; -allow names another file)", err)
	}
	defer func() { err = errors.Join(err, rules.Close()) }()

	cfg.Access = rules
	cfg.Logger = log
	cfg.ValidFor, cfg.RefreshBefore = *validFor, *refreshBefore
	site, err := newSite(cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, site.pme.Close()) }()
	return serve(ctx, *addr, site.routes(), stdout)
}

// serve answers requests until ctx ends, and then lets those that are under way finish.
func serve(ctx context.Context, addr string, h http.Handler, stdout io.Writer) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	server := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      time.Minute,
		IdleTimeout:       2 * time.Minute,
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	_, _ = fmt.Fprintf(stdout, "intranet: http://%s/ (alice, bob or carol, password demo)\n", listener.Addr())

	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	return server.Shutdown(grace)
}
