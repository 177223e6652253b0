// Package demo is what the example applications have in common: their flags, an emulator of Matterport
// where there are no credentials, serving, and stopping cleanly.
package demo

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

	"github.com/go-pme/pme"
	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/matterport/matterporttest"
	loginstore "github.com/go-pme/pme/middleware/oidclogin/store"
)

// A Program is one of the examples.
type Program struct {
	Name  string
	Hint  string // how to sign in
	Allow string // the allow-list it uses unless -allow names another

	Flags  func(*flag.FlagSet)    // adds flags of its own; may be nil
	Spaces []matterporttest.Model // of the emulator; default: Spaces of this package

	// Build makes the application. The config lacks Authenticate only.
	Build func(Site, pme.Config) (App, error)
}

// Site is where the application will be found, and what belongs to it.
type Site struct {
	Origin string // such as http://127.0.0.1:8080
	Env    func(string) (string, bool)
	Log    *slog.Logger

	CookieKeys [][]byte         // one that authenticates the cookies of the login, and one that encrypts them
	Sessions   loginstore.Store // what has been signed out, shared by all replicas; nil if there is one process
}

// App is a running application.
type App interface {
	http.Handler
	Close() error
}

// Main runs p until the process is told to stop.
func Main(p Program) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := p.Run(ctx, os.Args[1:], os.LookupEnv, os.Stdout, os.Stderr)
	stop()
	if err != nil {
		_, _ = fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// Run is Main with the process's surroundings as arguments. It runs until ctx ends.
func (p Program) Run(ctx context.Context, args []string, env func(string) (string, bool), stdout, stderr io.Writer) (err error) {
	flags := flag.NewFlagSet(p.Name, flag.ContinueOnError)
	flags.SetOutput(stderr)
	addr := flags.String("addr", "127.0.0.1:8080", "`address` to listen on")
	allow := flags.String("allow", p.Allow, "allow-list `file`; it is read again when it changes")
	validFor := flags.Duration("valid-for", 10*time.Minute, "how long a token lives")
	refreshBefore := flags.Duration("refresh-before", 2*time.Minute, "how much of its life a token must have left to be given out again")
	lease := flags.Duration("lease", time.Second, "how long a replica answers from memory, with REDIS_URL")
	mintBurst := flags.Int("mint-burst", 30, "how many tokens one person may have minted at once")
	if p.Flags != nil {
		p.Flags(flags)
	}
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return nil
		}
		return err
	}
	log := slog.New(slog.NewTextHandler(stderr, nil))

	keys, err := cookieKeys(env)
	if err != nil {
		return err
	}
	shared, err := openFleet(ctx, env, *lease, log)
	if err != nil {
		return err
	}
	var sessions loginstore.Store
	if shared != nil {
		defer func() { err = errors.Join(err, shared.Close()) }()
		sessions = shared.Sessions()
	}
	cfg, closeEmulator, err := matterport(env, p.Spaces, log)
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
	cfg.ValidFor, cfg.RefreshBefore, cfg.MintBurst = *validFor, *refreshBefore, *mintBurst
	if shared != nil {
		cfg.Fleet = shared
	}

	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", *addr)
	if err != nil {
		return err
	}
	app, err := p.Build(Site{
		Origin: "http://" + listener.Addr().String(), Env: env, Log: log, CookieKeys: keys, Sessions: sessions,
	}, cfg)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	defer func() { err = errors.Join(err, app.Close()) }()
	return Serve(ctx, listener, app, func() {
		_, _ = fmt.Fprintf(stdout, "%s: http://%s/ (%s)\n", p.Name, listener.Addr(), p.Hint)
	})
}
