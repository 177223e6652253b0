package main

import (
	"bytes"
	"context"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/go-pme/pme/tools/internal/checkout"
)

// A shelf is the texts of a checkout, each under its name relative to the root, with slashes.
type shelf struct {
	names []string // in git's order
	texts map[string]string
	files map[string]bool // the names of all files, of pictures too
}

// open reads all files of the checkout that are texts.
func open(ctx context.Context, root string) (*shelf, error) {
	files, err := checkout.Files(ctx, root)
	if err != nil {
		return nil, err
	}
	s := &shelf{texts: map[string]string{}, files: map[string]bool{}}
	for _, name := range files {
		data, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
		if err != nil {
			return nil, err
		}
		s.files[name] = true
		if bytes.IndexByte(data, 0) >= 0 {
			continue
		}
		s.names = append(s.names, name)
		s.texts[name] = string(data)
	}
	return s, nil
}

// has reports whether the checkout has a file or a directory of this name.
func (s *shelf) has(name string) bool {
	if s.files[name] || name == "." {
		return true
	}
	for other := range s.files {
		if strings.HasPrefix(other, name+"/") {
			return true
		}
	}
	return false
}

// ending returns the names of the texts with this extension.
func (s *shelf) ending(extension string) []string {
	var names []string
	for _, name := range s.names {
		if path.Ext(name) == extension {
			names = append(names, name)
		}
	}
	return names
}

// lines returns the lines of a text.
func (s *shelf) lines(name string) []string { return strings.Split(s.texts[name], "\n") }
