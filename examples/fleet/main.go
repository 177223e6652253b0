// The fleet example is three replicas of one application, in processes of their own, that share a Redis. A load balancer in
// front of them sends each request to the next one. Its page shows what each replica does, and has buttons to kill one, to cut
// one off from Redis, and to revoke a user's access. Matterport is an emulator.
//
//	go run ./examples/fleet
//
// It starts a redis-server if one is installed, or uses that of REDIS_URL (redis://[user:password@]host:port/0).
package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"syscall"

	"github.com/go-pme/pme/examples/internal/demo"
	"github.com/go-pme/pme/matterport/matterporttest"
)

// replicaName is the variable that makes a process a replica.
const replicaName = "FLEET_REPLICA"

func main() {
	if os.Getenv(replicaName) != "" {
		endWithParent()
		demo.Main(program)
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		_, _ = fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run is the whole program, with its surroundings as arguments.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("fleet", flag.ContinueOnError)
	flags.SetOutput(stderr)
	addr := flags.String("addr", "127.0.0.1:8080", "`address` to listen on")
	allow := flags.String("allow", program.Allow, "allow-list `file`")
	if err := flags.Parse(args); err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(stderr, nil))
	redis, endRedis, err := findRedis(ctx)
	if err != nil {
		return err
	}
	defer endRedis()
	matterport, closeEmulator, err := demo.Emulate(matterporttest.Config{Models: demo.Spaces}, log)
	if err != nil {
		return err
	}
	defer closeEmulator()

	env := append(os.Environ(), "PME_FLEET_KEY="+newKey(), "SESSION_KEY="+newKey(),
		"MATTERPORT_CLIENT_ID="+matterporttest.DefaultClientID, "MATTERPORT_CLIENT_SECRET="+matterporttest.DefaultClientSecret,
		"MATTERPORT_API_URL="+matterport, "MATTERPORT_SHOWCASE_URL="+matterport,
		"MATTERPORT_SDK_URL="+matterport+"/sdk.es6.js", "MATTERPORT_SDK_KEY="+matterporttest.DefaultSDKKey)
	var all []*replica
	for _, name := range []string{"1", "2", "3"} {
		r, err := newReplica(ctx, name, *allow, redis, env, stderr)
		if err != nil {
			return err
		}
		defer r.close()
		if err := r.start(); err != nil {
			return err
		}
		all = append(all, r)
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", *addr)
	if err != nil {
		return err
	}
	return demo.Serve(ctx, listener, newSite(ctx, all, matterport), func() {
		_, _ = fmt.Fprintf(stdout, "fleet: http://%s/ (sign in as alice, bob or carol)\n", listener.Addr())
	})
}

func newKey() string {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails
	return base64.StdEncoding.EncodeToString(key)
}
