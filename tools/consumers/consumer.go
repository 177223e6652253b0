package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/go-pme/pme/tools/internal/checkout"
)

// consume writes an application that uses m and builds it. If m is a program, all packages of it have to be found.
func (s *shipment) consume(ctx context.Context, m *checkout.Module, e *environment) error {
	dir, err := e.newDirectory()
	if err != nil {
		return err
	}
	build := []string{"go", "list", "-f", "", "-deps", m.Path} // a program is compiled elsewhere: that takes minutes
	if !s.isProgram(m) {
		file, source, err := s.application(m)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, file), source, 0o600); err != nil {
			return err
		}
		build = []string{"go", "build", "-o", os.DevNull, "."}
		if strings.HasSuffix(file, "_test.go") {
			build = []string{"go", "test", "-vet=off", "-run", "^Example", "."} // vet would read all dependencies too
		}
	}
	published := m.Path + "@" + s.versions[m.Path]
	fmt.Printf("--- a consumer of %s\n", published)
	for _, command := range [][]string{{"go", "mod", "init", "consumer.example"}, {"go", "get", published}, build} {
		if err := e.run(ctx, dir, command...); err != nil {
			return fmt.Errorf("%s: %w", strings.Join(command, " "), err)
		}
	}
	return nil
}

// isProgram reports whether m is installed, and not imported.
func (s *shipment) isProgram(m *checkout.Module) bool {
	return m.Dir != "." && slices.Contains(s.files, m.Dir+"/main.go")
}

// application returns the name and the source of the file that uses m: the first program of the README for
// the root module, and the examples of its first package for any other one. So both are what they promise.
func (s *shipment) application(m *checkout.Module) (string, []byte, error) {
	if m.Dir == "." {
		readme, err := os.ReadFile(filepath.Join(s.root, "README.md"))
		if err != nil {
			return "", nil, err
		}
		source, err := firstProgram(string(readme))
		return "main.go", source, err
	}
	name := m.Dir + "/example_test.go"
	if !slices.Contains(s.files, name) {
		return "", nil, fmt.Errorf("%s is missing: it is what the consumer builds", name)
	}
	source, err := os.ReadFile(filepath.Join(s.root, filepath.FromSlash(name)))
	return "example_test.go", source, err
}

var isProgram = regexp.MustCompile(`\A(//.*\n)*package main\n`)

// firstProgram returns the first block of Go in the README that is a whole program, as it is printed there.
func firstProgram(readme string) ([]byte, error) {
	blocks := strings.Split(readme, "\n```go\n")
	for _, block := range blocks[1:] {
		source, _, closed := strings.Cut(block, "\n```")
		if source += "\n"; closed && isProgram.MatchString(source) {
			return []byte(source), nil
		}
	}
	return nil, errors.New("README.md has no program in Go")
}
