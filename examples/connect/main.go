// The connect example is a partner's portal, whose customers own the spaces: each connects the Matterport
// account of their own by OAuth, chooses spaces of it, and walks through them here.
//
//	go run ./examples/connect
//
// With MATTERPORT_OAUTH_CLIENT_ID and the rest of pme.OAuthConfigFromEnv in the environment it talks to
// Matterport; the redirect URL to register there is http://127.0.0.1:8080/accounts/callback. Without them it
// starts an emulator of Matterport in its own process.
//
// Connections last no longer than the program, unless -database names a file for them. The key that seals
// what is secret in it is then in PME_CONNECTION_KEY.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"syscall"

	"github.com/go-pme/pme/connect"
	"github.com/go-pme/pme/examples/internal/demo"
	"github.com/go-pme/pme/matterport"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.LookupEnv, os.Stdout, os.Stderr)
	stop()
	if err != nil {
		_, _ = fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run is the whole program, with its surroundings as arguments.
func run(ctx context.Context, args []string, env func(string) (string, bool), stdout, stderr io.Writer) (err error) {
	flags := flag.NewFlagSet("connect", flag.ContinueOnError)
	flags.SetOutput(stderr)
	addr := flags.String("addr", "127.0.0.1:8080", "`address` to listen on")
	database := flags.String("database", "", "`file` to keep the connections in; default: one that ends with the program")
	life := flags.Duration("token-life", 0, "how long an access token lives; default: what is set at Matterport, in general an hour")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return nil
		}
		return err
	}
	log := slog.New(slog.NewTextHandler(stderr, nil))

	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", *addr)
	if err != nil {
		return err
	}
	defer func() { _ = listener.Close() }()
	site := "http://" + listener.Addr().String()

	there, err := findMatterport(env, site+prefix+"/callback", log)
	if err != nil {
		return err
	}
	defer there.close()
	there.oauth.AccessTokenLife = max(there.oauth.AccessTokenLife, *life)
	app, err := matterport.NewOAuthApp(there.oauth)
	if err != nil {
		return err
	}
	defer func() { _ = app.Close() }()
	store, closeStore, err := openStore(ctx, *database, env, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeStore()) }()
	connections, err := connect.New(connect.Config{App: app, Store: store, Logger: log})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, connections.Close()) }()
	portal, err := newPortal(ctx, connections, there, log)
	if err != nil {
		return err
	}
	return demo.Serve(ctx, listener, portal, func() {
		_, _ = fmt.Fprintf(stdout, "connect: %s/ (sign in as anybody)\n", site)
	})
}
