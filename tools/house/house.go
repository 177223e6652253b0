package main

import (
	"context"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-pme/pme/tools/internal/checkout"
)

// A house is all packages of all modules of a checkout.
type house struct {
	root  string // absolute
	rooms []*room
	named map[string]*room // by import path
}

// A room is one package.
type room struct {
	listing
	name     string // its directory relative to the checkout; the root package's is the package's name
	dir      string // relative to the checkout, with slashes
	module   *checkout.Module
	lines    int
	exported int
	words    map[string]bool // see addWords
}

func load(ctx context.Context, root string) (*house, error) {
	root, err := canonical(root)
	if err != nil {
		return nil, err
	}
	modules, err := checkout.Modules(ctx, root)
	if err != nil {
		return nil, err
	}
	h := &house{root: root, named: map[string]*room{}}
	for _, m := range modules {
		if err := h.addModule(ctx, m); err != nil {
			return nil, err
		}
	}
	for _, r := range h.rooms {
		r.Imports = h.own(r.Imports)
		r.tests = h.own(slices.Concat(r.TestImports, r.XTestImports))
	}
	return h, nil
}

// canonical returns the path as go list writes it: absolute and without symbolic links.
func canonical(root string) (string, error) {
	root, err := filepath.Abs(root)
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(root)
}

func (h *house) addModule(ctx context.Context, m *checkout.Module) error {
	listings, err := list(ctx, filepath.Join(h.root, filepath.FromSlash(m.Dir)))
	if err != nil {
		return err
	}
	for _, l := range listings {
		dir, err := filepath.Rel(h.root, l.Dir)
		if err != nil {
			return err
		}
		r := &room{listing: l, dir: filepath.ToSlash(dir), module: m, words: map[string]bool{}}
		r.name = r.dir
		if r.dir == "." {
			r.name = l.Name
		}
		if err := r.read(); err != nil {
			return err
		}
		h.rooms = append(h.rooms, r)
		h.named[r.ImportPath] = r
	}
	return nil
}

// own returns the import paths that are rooms of the house, sorted, each once.
func (h *house) own(imports []string) []string {
	own := map[string]bool{}
	for _, path := range imports {
		if h.named[path] != nil {
			own[path] = true
		}
	}
	return slices.Sorted(maps.Keys(own))
}

// names returns the names of the rooms with these import paths.
func (h *house) names(paths []string) []string {
	names := make([]string, len(paths))
	for i, path := range paths {
		names[i] = h.named[path].name
	}
	return names
}

// internal reports whether only rooms next to it may import the room.
func (r *room) internal() bool { return slices.Contains(strings.Split(r.dir, "/"), "internal") }

// public reports whether applications may import the room.
func (r *room) public() bool { return r.module.Published() && !r.internal() && r.Name != "main" }
