// Emulator runs an emulator of Matterport, for development without an account. It prints the environment that leads
// to it, for pme.ConfigFromEnv:
//
//	go run github.com/go-pme/pme/matterport/matterporttest/emulator > emulator.env
//
// and in another terminal:
//
//	. ./emulator.env && go run .
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/go-pme/pme/matterport/matterporttest"
)

func main() {
	address := flag.String("address", "127.0.0.1:0", "where to listen")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *address); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, address string) error {
	emulator, err := matterporttest.Start(address, matterporttest.Config{})
	if err != nil {
		return err
	}
	defer emulator.Close()
	for _, name := range []string{
		"MATTERPORT_CLIENT_ID", "MATTERPORT_CLIENT_SECRET",
		"MATTERPORT_API_URL", "MATTERPORT_SHOWCASE_URL", "MATTERPORT_SDK_URL", "MATTERPORT_SDK_KEY",
	} {
		value, _ := emulator.LookupEnv(name)
		fmt.Printf("export %s=%s\n", name, value)
	}
	<-ctx.Done()
	return nil
}
