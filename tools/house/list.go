package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
)

// A listing is what go list says about a package.
type listing struct {
	Dir, ImportPath, Name string
	GoFiles, CgoFiles     []string // what this platform compiles: one of the variants of a file
	Imports               []string // load leaves the rooms only
	TestImports           []string
	XTestImports          []string

	tests []string // the rooms that the tests import
}

// files returns the names of the Go files that are no tests.
func (l *listing) files() []string {
	return slices.Sorted(slices.Values(slices.Concat(l.GoFiles, l.CgoFiles)))
}

// list returns the packages of the module in dir. The -e is for circles: without it go list ends at the
// first one. What else go list finds wrong, go vet reports better.
func list(ctx context.Context, dir string) ([]listing, error) {
	const fields = "Dir,ImportPath,Name,GoFiles,CgoFiles,Imports,TestImports,XTestImports"
	goList := exec.CommandContext(ctx, "go", "list", "-e", "-json="+fields, "./...")
	goList.Dir = dir
	goList.Env = append(os.Environ(), "GOWORK=off")
	goList.Stderr = os.Stderr
	output, err := goList.Output()
	if err != nil {
		return nil, fmt.Errorf("go list in %s: %w", dir, err)
	}
	return decode(string(output))
}

// decode reads the JSON objects that go list writes one after the other.
func decode(output string) ([]listing, error) {
	var listings []listing
	decoder := json.NewDecoder(strings.NewReader(output))
	for {
		var l listing
		err := decoder.Decode(&l)
		if errors.Is(err, io.EOF) {
			return listings, nil
		}
		if err != nil {
			return nil, fmt.Errorf("output of go list: %w", err)
		}
		listings = append(listings, l)
	}
}
