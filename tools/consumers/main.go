// Consumers builds a small application for each module that the project publishes, as an application
// outside the project gets it: without a go.work and without a replace. It publishes the modules of the
// checkout in a temporary GOPROXY of files, and writes to no cache but one of its own:
//
//	go -C tools run ./consumers ..
//	go -C tools run ./consumers -version v0.4.0 ..
//
// The argument is the root of the checkout. The modules get the versions at which they require each
// other. With -version all get that one, as in a release.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"

	"github.com/go-pme/pme/tools/internal/checkout"
)

func main() {
	version := flag.String("version", "", "publish all modules at this `version`")
	flag.Parse()
	root := "."
	if flag.NArg() > 0 {
		root = flag.Arg(0)
	}
	if err := run(context.Background(), root, *version); err != nil {
		fmt.Fprintln(os.Stderr, "consumers:", err)
		os.Exit(1)
	}
}

// run publishes the modules of the checkout at root and builds their consumers.
func run(ctx context.Context, root, version string) (err error) {
	temporary, err := os.MkdirTemp("", "consumers")
	if err != nil {
		return err
	}
	defer func() {
		if e := os.RemoveAll(temporary); err == nil {
			err = e
		}
	}()
	s, err := read(ctx, root, version)
	if err != nil {
		return err
	}
	env, err := newEnvironment(ctx, temporary, s.paths())
	if err != nil {
		return err
	}
	if err := s.publish(env.proxy); err != nil {
		return err
	}
	for _, m := range s.modules {
		if err := s.consume(ctx, m, env); err != nil {
			return fmt.Errorf("a consumer of %s does not build: %w", m.Path, err)
		}
	}
	return nil
}

// A shipment is the modules of a checkout that are published together.
type shipment struct {
	root     string
	files    []string           // of the whole checkout
	modules  []*checkout.Module // the published ones
	versions map[string]string  // by module path
}

func read(ctx context.Context, root, version string) (*shipment, error) {
	files, err := checkout.Files(ctx, root)
	if err != nil {
		return nil, err
	}
	all, err := checkout.Modules(ctx, root)
	if err != nil {
		return nil, err
	}
	s := &shipment{root: root, files: files}
	for _, m := range all {
		if m.Published() {
			s.modules = append(s.modules, m)
		}
	}
	s.versions, err = chooseVersions(s.modules, all, version)
	return s, err
}

func (s *shipment) paths() []string {
	paths := make([]string, len(s.modules))
	for i, m := range s.modules {
		paths[i] = m.Path
	}
	return paths
}
