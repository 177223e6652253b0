package access

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/go-pme/pme/internal/rescue"
)

// run checks the file once per interval until the File is closed.
func (f *File) run(interval time.Duration) {
	defer close(f.done)
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		select {
		case <-f.closed:
			return
		case <-ticker.C:
			rescue.Call(f.log, "a look at the allow-list", f.look) // its logger may panic
		}
	}
}

// look compares the file with the version in force. If the content differs, look reads it again after a moment and
// accepts it only if it is still the same: the file may be half-written.
func (f *File) look() {
	seen, err := read(f.path)
	if err == nil && bytes.Equal(seen, f.content) {
		f.confirm()
		return
	}
	select {
	case <-f.closed:
		return
	case <-time.After(f.settle):
	}
	content, table, err := load(f.path)
	switch {
	case !bytes.Equal(seen, content):
		return // the next look decides
	case err != nil:
		f.refuse(err)
	default:
		f.accept(content, table)
	}
}

// accept puts a new version in force.
func (f *File) accept(content []byte, table *table) {
	f.newest.Well()
	f.content = content
	f.table.Store(table)
	f.problem = ""
	defer f.watchers.call(f.log) // even if logging panics
	f.log.LogAttrs(context.Background(), slog.LevelInfo, "allow-list has changed; the new one is in force",
		slog.String("path", f.path), slog.Int("rules", len(table.rules)))
}

// refuse leaves the version in force and logs why, unless that has just been logged.
func (f *File) refuse(err error) {
	f.newest.Degraded(healthFile)
	if f.problem == err.Error() {
		return
	}
	f.problem = err.Error()
	f.log.LogAttrs(context.Background(), slog.LevelError, "allow-list is unusable; the last good one stays in force",
		slog.String("path", f.path), slog.String("error", f.problem))
}

// confirm notes that the file is the version in force, perhaps again.
func (f *File) confirm() {
	f.newest.Well()
	if f.problem == "" {
		return
	}
	f.problem = ""
	f.log.LogAttrs(context.Background(), slog.LevelInfo, "allow-list is usable again, and the one in force",
		slog.String("path", f.path))
}

// load reads and compiles the file. It returns the content even if that is broken.
func load(path string) ([]byte, *table, error) {
	content, err := read(path)
	if err != nil {
		return nil, nil, err
	}
	drafts, err := parseYAML(path, content)
	if err != nil {
		return content, nil, err
	}
	table, err := compile(rules(drafts))
	if err != nil {
		return content, nil, err
	}
	table.origin = newOrigin(path, content, drafts)
	return content, table, nil
}

// origin says where rules come from. It is part of the table, so that an explanation's lines and hash are
// those of the rules that it explains. The zero origin is that of rules in code.
type origin struct {
	file  string // base name
	hash  string
	lines []int // of the rules
}

func newOrigin(path string, content []byte, drafts []draft) origin {
	o := origin{file: filepath.Base(path), hash: fmt.Sprintf("%.6x", sha256.Sum256(content))}
	for _, d := range drafts {
		o.lines = append(o.lines, d.at)
	}
	return o
}

// line returns the line of a rule, or 0 for a rule in code.
func (o origin) line(rule int) int {
	if o.file == "" {
		return 0
	}
	return o.lines[rule]
}

// read returns the file's content, or enough of it to show that it is too big.
func read(path string) (content []byte, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("access: the allow-list cannot be read: %w", err)
		}
	}()
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() { // opening a pipe would wait for its writer
		return nil, &os.PathError{Op: "open", Path: path, Err: errors.New("not a regular file")}
	}
	file, err := os.Open(path) //nolint:gosec // G304: the path is the operator's own configuration
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	return io.ReadAll(io.LimitReader(file, maxSize+1))
}
