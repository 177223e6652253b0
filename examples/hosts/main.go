// The hosts: small servers in other languages, each with pme beside it and nginx or Caddy in front of both, as they would be
// deployed, but on free ports and with an emulator of Matterport.
//
//	go run ./examples/hosts -host php -proxy nginx
//
// It needs the program pme, which -program names, and Debian's packages of the host's language and of the proxy.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) (err error) {
	cfg := config{log: os.Stderr}
	flags := flag.NewFlagSet("hosts", flag.ContinueOnError)
	flags.StringVar(&cfg.root, "root", ".", "`directory` of the project")
	flags.StringVar(&cfg.host, "host", "node", "node, python or php")
	flags.StringVar(&cfg.proxy, "proxy", "nginx", "nginx or caddy")
	flags.StringVar(&cfg.program, "program", "pme", "the `program` pme")
	flags.BoolVar(&cfg.jwt, "jwt", false, "have the host sign tokens for pme, instead of asking it; only node does")
	flags.BoolVar(&cfg.revokes, "revokes", false, "have the host run pme revoke when people sign out")
	if err := flags.Parse(args); err != nil {
		return err
	}
	s, err := start(ctx, cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	_ = json.NewEncoder(os.Stdout).Encode(map[string]string{"site": s.url, "emulator": s.emulator.URL})
	<-ctx.Done()
	return nil
}
