// Licences lists what is compiled into a program, from the program itself: as a software bill of materials in CycloneDX 1.5, and as the texts
// of all licences, which have to go with the program:
//
//	go -C tools run ./licences -program FILE -sbom FILE -texts FILE
//
// It fails if a module has no licence that it knows, or one that asks for more than its text: see [kinds]. It reads the licences in the
// module cache of the machine, as go mod download leaves it. It does NOT look at files that have a licence of their own within a module.
package main

import (
	"bytes"
	"context"
	"debug/buildinfo"
	"errors"
	"flag"
	"fmt"
	"os"
)

func main() {
	program := flag.String("program", "", "the program, as a `file`")
	sbom := flag.String("sbom", "", "the `file` to write the bill of materials to, in JSON")
	texts := flag.String("texts", "", "the `file` to write the licences to")
	flag.Parse()
	if *program == "" || *sbom == "" || *texts == "" {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(context.Background(), *program, *sbom, *texts); err != nil {
		fmt.Fprintln(os.Stderr, "licences:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, program, sbom, texts string) error {
	info, err := buildinfo.ReadFile(program)
	if err != nil {
		return err
	}
	parts, err := partsOf(ctx, info)
	if err != nil {
		return err
	}
	bill, err := bill(info, parts)
	if err != nil {
		return err
	}
	var all bytes.Buffer
	for _, p := range parts {
		fmt.Fprintf(&all, "%s %s\n\n", p.path, p.version)
		for _, l := range p.licences {
			fmt.Fprintf(&all, "%s\n\n", bytes.TrimSpace(l.text))
		}
	}
	return errors.Join(write(sbom, bill), write(texts, all.Bytes()))
}

func write(name string, content []byte) error {
	return os.WriteFile(name, content, 0o644) //nolint:gosec // for everyone
}
