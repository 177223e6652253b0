package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// An environment is where consumers are built. All of it is in one temporary directory, but for Go's cache
// of compiled packages.
type environment struct {
	dir       string // of the consumers
	proxy     string // the GOPROXY of files
	variables []string
}

// newEnvironment reads how this machine gets modules, and puts the published ones and the usual cache of
// modules in front of that. Without -trimpath, compiled packages would depend on the place of the
// consumer's cache of modules, and be compiled anew each time.
func newEnvironment(ctx context.Context, dir string, published []string) (*environment, error) {
	goEnv := exec.CommandContext(ctx, "go", "env", "GOMODCACHE", "GOPROXY", "GONOSUMDB")
	goEnv.Stderr = os.Stderr
	output, err := goEnv.Output()
	if err != nil {
		return nil, fmt.Errorf("go env: %w", err)
	}
	settings := strings.Split(string(output), "\n")
	e := &environment{dir: dir, proxy: filepath.Join(dir, "proxy")}
	downloads := filepath.Join(settings[0], "cache", "download")
	e.variables = append(os.Environ(),
		"GOWORK=off",
		"GOFLAGS=-mod=mod -modcacherw -trimpath",
		"GOPROXY="+fileURL(e.proxy)+","+fileURL(downloads)+","+settings[1],
		"GONOPROXY=none",
		"GONOSUMDB="+strings.Join(append(published, settings[2]), ","),
	)
	return e, nil
}

func fileURL(dir string) string { return "file://" + filepath.ToSlash(dir) }

// newDirectory makes the directory of a consumer.
func (e *environment) newDirectory() (string, error) { return os.MkdirTemp(e.dir, "consumer") }

// run runs a command in the directory of a consumer. Each consumer has a cache of modules of its own: if
// GONOPROXY is set and the cache has the root module, go get looks for the nested modules there only.
func (e *environment) run(ctx context.Context, dir string, command ...string) error {
	fmt.Println(strings.Join(command, " "))
	c := exec.CommandContext(ctx, command[0], command[1:]...)
	c.Dir, c.Stdout, c.Stderr = dir, os.Stdout, os.Stderr
	c.Env = append(slices.Clone(e.variables), "GOMODCACHE="+dir+".modules")
	return c.Run()
}
