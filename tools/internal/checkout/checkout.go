// Package checkout finds the files and the Go modules of a checkout of the project.
package checkout

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"

	"golang.org/x/mod/modfile"
)

// A Module is a Go module of the checkout.
type Module struct {
	Dir  string // relative to the checkout, with slashes; "." for the root module
	Path string
	File *modfile.File
}

// Published reports whether applications import the module. The examples and the tools are for the
// checkout alone.
func (m *Module) Published() bool {
	top, _, _ := strings.Cut(m.Dir, "/")
	return top != "examples" && top != "tools"
}

// Modules returns the modules of the checkout at root, the root module first.
func Modules(ctx context.Context, root string) ([]*Module, error) {
	files, err := Files(ctx, root)
	if err != nil {
		return nil, err
	}
	var modules []*Module
	for _, file := range files {
		if path.Base(file) != "go.mod" {
			continue
		}
		m, err := readModule(root, file)
		if err != nil {
			return nil, err
		}
		if m.Dir == "." {
			modules = append([]*Module{m}, modules...)
		} else {
			modules = append(modules, m)
		}
	}
	if len(modules) == 0 || modules[0].Dir != "." {
		return nil, fmt.Errorf("%s has no go.mod of its own", root)
	}
	return modules, nil
}

func readModule(root, file string) (*Module, error) {
	name := filepath.Join(root, filepath.FromSlash(file))
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	parsed, err := modfile.Parse(name, data, nil)
	if err != nil {
		return nil, err
	}
	if parsed.Module == nil {
		return nil, fmt.Errorf("%s has no module directive", name)
	}
	return &Module{Dir: path.Dir(file), Path: parsed.Module.Mod.Path, File: parsed}, nil
}

// Files returns the files of the checkout at root that are committed or would be: what git tracks, and
// what git neither tracks nor ignores. The names are relative to root, with slashes, in git's order.
func Files(ctx context.Context, root string) ([]string, error) {
	git := exec.CommandContext(ctx, "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate")
	git.Dir = root
	git.Stderr = os.Stderr
	listing, err := git.Output()
	if err != nil {
		return nil, fmt.Errorf("git ls-files: %w", err)
	}
	var files []string
	for file := range strings.SplitSeq(strings.TrimSuffix(string(listing), "\x00"), "\x00") {
		// A deleted file stays in git's index until the deletion is committed.
		if _, err := os.Lstat(filepath.Join(root, filepath.FromSlash(file))); err == nil {
			files = append(files, file)
		}
	}
	return files, nil
}
