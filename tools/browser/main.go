// Browser bundles the sources of the browser module, pages/browser, into the files that package pages serves.
//
//	go -C tools run ./browser ..         # write
//	go -C tools run ./browser -check ..  # fail if the files are not what the sources give
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"

	"github.com/evanw/esbuild/pkg/api"
)

const (
	sources = "pages/browser"
	served  = "pages/assets"
	banner  = "// Made by tools/browser from pages/browser. Do not edit."
)

func main() {
	check := flag.Bool("check", false, "write nothing, and fail if a file is not up to date")
	flag.Parse()
	if err := run(flag.Arg(0), *check); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(root string, check bool) error {
	files, err := bundle(root)
	if err != nil {
		return err
	}
	for _, f := range files {
		if err := settle(f, check); err != nil {
			return err
		}
	}
	return nil
}

// bundle returns pme.js and its source map, and the scripts of the pages.
func bundle(root string) ([]api.OutputFile, error) {
	dir, err := filepath.Abs(root)
	if err != nil {
		return nil, err
	}
	module, err := build(dir, api.SourceMapLinked, "pme.js")
	if err != nil {
		return nil, err
	}
	if module, err = ignored(module); err != nil {
		return nil, err
	}
	scripts, err := build(dir, api.SourceMapNone, "gallery.js", "view.js")
	return append(module, scripts...), err
}

func build(dir string, sourceMap api.SourceMap, names ...string) ([]api.OutputFile, error) {
	var entries []string
	for _, name := range names {
		entries = append(entries, sources+"/"+name)
	}
	out := api.Build(api.BuildOptions{
		AbsWorkingDir:     dir,
		EntryPoints:       entries,
		Outdir:            served,
		Bundle:            true,
		Format:            api.FormatESModule,
		Target:            api.ES2022,
		Charset:           api.CharsetUTF8,
		MinifyWhitespace:  true,
		MinifyIdentifiers: true,
		MinifySyntax:      true,
		Sourcemap:         sourceMap,
		SourcesContent:    api.SourcesContentInclude,
		Banner:            map[string]string{"js": banner},
		LineLimit:         640, // each line costs a byte
		LogLevel:          api.LogLevelSilent,
	})
	var problems []error
	for _, m := range out.Errors {
		problems = append(problems, fmt.Errorf("%s: %s", m.Location.File, m.Text))
	}
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	return out.OutputFiles, nil
}

// imported is the one import of an address that is known only in the browser.
var imported = regexp.MustCompile(`\bimport\((\w+)\)`)

// ignored tells bundlers to leave that import as it is: esbuild drops comments when it minifies. In the source
// map, the rest of that one line is off by the length of the comments.
func ignored(files []api.OutputFile) ([]api.OutputFile, error) {
	for i, f := range files {
		if filepath.Ext(f.Path) != ".js" {
			continue
		}
		if n := len(imported.FindAll(f.Contents, -1)); n != 1 {
			return nil, fmt.Errorf("%s has %d imports of an address, want 1", f.Path, n)
		}
		files[i].Contents = imported.ReplaceAll(f.Contents, []byte("import(/* webpackIgnore: true */ /* @vite-ignore */ $1)"))
	}
	return files, nil
}

// settle writes a file, or checks that it is there.
func settle(f api.OutputFile, check bool) error {
	if !check {
		return os.WriteFile(f.Path, f.Contents, 0o644) //nolint:gosec // public, as everything in the repository
	}
	existing, err := os.ReadFile(f.Path)
	if err != nil {
		return err
	}
	if !bytes.Equal(existing, f.Contents) {
		return fmt.Errorf("%s is not what %s gives: run go generate ./pages", filepath.Base(f.Path), sources)
	}
	return nil
}
