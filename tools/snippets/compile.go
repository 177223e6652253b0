package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// The module whose requirements the blocks have, and the folder in it that they seem to be in.
const (
	home   = "examples"
	folder = "snippets"
)

// compile builds all sources at once. The overlay shows them to Go as packages of the examples, so that no file is
// written to the checkout.
func compile(ctx context.Context, root string, sources []source) ([]string, error) {
	if len(sources) == 0 {
		return nil, nil
	}
	dir, err := os.MkdirTemp("", "snippets")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	overlay, names, err := lay(root, dir, sources)
	if err != nil {
		return nil, err
	}
	arguments := append([]string{"build", "-gcflags=-e", "-o", os.DevNull, "-overlay", overlay}, names...)
	build := exec.CommandContext(ctx, "go", arguments...) //nolint:gosec // the names are numbers
	build.Dir = filepath.Join(root, home)
	var output bytes.Buffer
	build.Stdout, build.Stderr = &output, &output
	err = build.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return nil, err
	}
	problems := positions(output.String())
	if err != nil && len(problems) == 0 {
		return nil, fmt.Errorf("go build: %w\n%s", err, output.String())
	}
	return problems, nil
}

// lay writes the sources and the overlay to dir. It returns the overlay's name and the packages'.
func lay(root, dir string, sources []source) (string, []string, error) {
	absolute, err := filepath.Abs(root)
	if err != nil {
		return "", nil, err
	}
	replaced := map[string]string{}
	var names []string
	for i, s := range sources {
		name := fmt.Sprintf("%03d", i)
		file := filepath.Join(dir, name+".go")
		if err := os.WriteFile(file, []byte(s.text), 0o600); err != nil {
			return "", nil, err
		}
		replaced[filepath.Join(absolute, home, folder, name, "block.go")] = file
		names = append(names, "./"+folder+"/"+name)
	}
	overlay := filepath.Join(dir, "overlay.json")
	data, err := json.Marshal(map[string]any{"Replace": replaced})
	if err != nil {
		return "", nil, err
	}
	return overlay, names, os.WriteFile(overlay, data, 0o600)
}

// A position is a line of a document, in whatever folder the compiler takes it to be.
var position = regexp.MustCompile(`(?m)^\S*?((?:docs/)?[\w.-]+\.md):(\d+)(?::\d+)?: (.*)$`)

// positions returns the problems in the output of go build.
func positions(output string) []string {
	var problems []string
	for _, match := range position.FindAllStringSubmatch(output, -1) {
		problem := fmt.Sprintf("%s:%s: %s", match[1], match[2], strings.TrimSpace(match[3]))
		if !slices.Contains(problems, problem) {
			problems = append(problems, problem)
		}
	}
	return problems
}
