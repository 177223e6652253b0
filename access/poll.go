package access

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/go-pme/pme/access/internal/written"
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
	content, rules, err := load(f.path)
	switch {
	case !bytes.Equal(seen, content):
		return // the next look decides
	case err != nil:
		f.refuse(err)
	default:
		f.accept(content, rules)
	}
}

// accept puts a new version in force.
func (f *File) accept(content []byte, rules []written.Rule) {
	f.newest.Well()
	f.content = content
	f.inForce.accept(rules, newOrigin(f.path, content, rules))
	f.problem = ""
	defer f.inForce.watchers.call(f.log) // even if logging panics
	f.log.LogAttrs(context.Background(), slog.LevelInfo, "allow-list has changed; the new one is in force",
		slog.String("path", f.path), slog.Int("rules", len(rules)))
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
	return io.ReadAll(io.LimitReader(file, written.MaxSize+1))
}
