package main

import (
	"encoding/json"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/mod/module"
	"golang.org/x/mod/zip"

	"github.com/go-pme/pme/tools/internal/checkout"
)

// publish writes the modules into dir, as the GOPROXY protocol wants them.
func (s *shipment) publish(dir string) error {
	for _, m := range s.modules {
		escaped, err := module.EscapePath(m.Path)
		if err != nil {
			return err
		}
		versions := filepath.Join(dir, filepath.FromSlash(escaped), "@v")
		if err := os.MkdirAll(versions, 0o700); err != nil {
			return err
		}
		if err := s.publishModule(m, versions); err != nil {
			return err
		}
	}
	return nil
}

// publishModule writes the four files of one version of a module.
func (s *shipment) publishModule(m *checkout.Module, dir string) error {
	version := s.versions[m.Path]
	base := filepath.Join(dir, version)
	goMod, err := s.publishedGoMod(m)
	if err != nil {
		return err
	}
	info, err := json.Marshal(map[string]any{"Version": version, "Time": time.Now().UTC()})
	if err != nil {
		return err
	}
	for name, data := range map[string][]byte{
		base + ".mod":              goMod,
		base + ".info":             info,
		filepath.Join(dir, "list"): []byte(version + "\n"),
	} {
		if err := os.WriteFile(name, data, 0o600); err != nil {
			return err
		}
	}
	return writeZip(base+".zip", module.Version{Path: m.Path, Version: version}, s.content(m, base+".mod"))
}

func writeZip(name string, version module.Version, files []zip.File) error {
	w, err := os.Create(name)
	if err != nil {
		return err
	}
	if err := zip.Create(w, version, files); err != nil {
		_ = w.Close()
		return err
	}
	return w.Close()
}

// content returns the files of m with goMod in the place of its go.mod. They include those of the modules
// below m, which zip.Create leaves out.
func (s *shipment) content(m *checkout.Module, goMod string) []zip.File {
	var files []zip.File
	for _, file := range s.files {
		name, below := strings.CutPrefix(file, m.Dir+"/")
		if m.Dir == "." {
			name, below = file, true
		}
		if !below {
			continue
		}
		source := filepath.Join(s.root, filepath.FromSlash(file))
		if name == "go.mod" {
			source = goMod
		}
		files = append(files, diskFile{name: path.Clean(name), source: source})
	}
	return files
}

// A diskFile is a file of a module: its name there and where its content is.
type diskFile struct{ name, source string }

func (f diskFile) Path() string                 { return f.name }
func (f diskFile) Lstat() (os.FileInfo, error)  { return os.Lstat(f.source) }
func (f diskFile) Open() (io.ReadCloser, error) { return os.Open(f.source) }
