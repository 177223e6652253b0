// Package keyfile writes files of keys: one on each line, the newest first, as package secret reads them.
package keyfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

const (
	mode     = 0o600
	maxKeys  = 16 // as package secret accepts
	maxBytes = 64 << 10
)

// Create writes a new file with one key, which only this user can read. A file that exists is not changed.
func Create(path, key string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode) //nolint:gosec // the operator names it
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s exists, and is not changed: choose another name, or add a key in front with -rotate", path)
	}
	if err != nil {
		return fmt.Errorf("the file cannot be made: %w", err)
	}
	if err := fill(f, key+"\n"); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}

// Rotate puts a key in front of those in a file, and returns how many there are now. Whoever reads the file finds the old content or the
// new one. The rights stay as they are, and so does the owner if this user may give files away. A link is followed.
func Rotate(path, key string) (keys int, err error) {
	path, err = filepath.EvalSymlinks(path)
	if err != nil {
		return 0, fmt.Errorf("the file cannot be found: %w; make one with -out", err)
	}
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxBytes {
		return 0, fmt.Errorf("%s is no file of keys", path)
	}
	old, err := os.ReadFile(path)
	if err != nil {
		return 0, fmt.Errorf("the file cannot be read: %w", err)
	}
	lines := strings.Split(strings.TrimRight(strings.ReplaceAll(string(old), "\r\n", "\n"), "\n"), "\n")
	if lines[0] == "" {
		lines = nil
	}
	if len(lines) >= maxKeys {
		return 0, fmt.Errorf("%s has %d keys, and at most %d are read: remove the oldest ones at its end first", path, len(lines), maxKeys)
	}
	lines = append([]string{key}, lines...)
	return len(lines), replace(path, strings.Join(lines, "\n")+"\n", info)
}

// replace writes a new file beside the old one, and renames it.
func replace(path, text string, old fs.FileInfo) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".pme-key")
	if err != nil {
		return fmt.Errorf("no file can be made beside it: %w", err)
	}
	err = f.Chmod(old.Mode().Perm())
	if s, ok := old.Sys().(*syscall.Stat_t); ok && err == nil {
		if e := f.Chown(int(s.Uid), int(s.Gid)); e != nil && s.Uid != uint32(os.Getuid()) { //nolint:gosec // IDs are small
			err = fmt.Errorf("the file belongs to another user, who could not read the new one: run this as that user: %w", e)
		}
	}
	if err == nil {
		err = fill(f, text)
	} else {
		err = errors.Join(err, f.Close())
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("the file is as it was: %w", err), os.Remove(f.Name()))
	}
	return nil
}

// fill writes, syncs and closes a file.
func fill(f *os.File, text string) error {
	_, err := f.WriteString(text)
	return errors.Join(err, f.Sync(), f.Close())
}
