// Pme shows private Matterport spaces to the signed-in people of an intranet, beside an application in any language:
//
//	pme serve
//
// Without a configuration it is a demo, on an emulator of Matterport and for this machine alone.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/go-pme/pme/cmd/pme/internal/commands"
)

func main() { os.Exit(run()) }

func run() int {
	signaled, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, end := context.WithCancel(context.Background())
	defer end()
	context.AfterFunc(signaled, func() { // the first signal ends the program in order, and from then on another one at once
		stop()
		end()
	})
	return commands.Run(ctx, os.Args[1:], commands.System{
		Env: os.LookupEnv, Environ: os.Environ(), Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
	})
}
