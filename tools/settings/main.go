// Settings writes docs/settings.md: every field of every exported configuration, and every environment variable,
// as the code has them.
//
//	go -C tools run ./settings ..         # write
//	go -C tools run ./settings -check ..  # fail if the document is not what the code gives
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

const document = "docs/settings.md"

func main() {
	check := flag.Bool("check", false, "write nothing, and fail if the document is not up to date")
	flag.Parse()
	if err := run(context.Background(), flag.Arg(0), *check); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, root string, check bool) error {
	text, err := generate(ctx, root)
	if err != nil {
		return err
	}
	name := filepath.Join(root, filepath.FromSlash(document))
	if !check {
		return os.WriteFile(name, text, 0o644) //nolint:gosec // a document for everyone
	}
	existing, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	if !bytes.Equal(existing, text) {
		return errors.New(document + " is not what the code gives: run go generate")
	}
	return nil
}
