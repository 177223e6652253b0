package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
)

// prepare returns the whole path of the file, which it makes if it is not there. One that is there is
// not opened: closing it again would take the locks from a Sink of this process that has it open.
func prepare(ctx context.Context, path string, log *slog.Logger) (string, error) {
	if path == "" {
		return "", errors.New("sqlite: Config.Path is missing")
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("sqlite: %w", err)
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return path, create(path)
	case err != nil:
		return "", fmt.Errorf("sqlite: %w", err)
	case !info.Mode().IsRegular():
		return "", fmt.Errorf("sqlite: %s is not a file", path)
	}
	// It says who saw what. A deployment may need it to be like that.
	if mode := info.Mode().Perm(); mode&0o077 != 0 && runtime.GOOS != "windows" {
		log.WarnContext(ctx, "other users of this machine may use the file of audit records",
			"path", path, "mode", mode.String(), "better", "-rw-------")
	}
	return path, nil
}

func create(path string) error {
	dir := filepath.Dir(path)
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return fmt.Errorf("sqlite: there is no directory %s: make it, for the user of this process alone (mode 0700)", dir)
	}
	// The files that SQLite makes beside it get the same mode.
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // the operator's path
	if errors.Is(err, fs.ErrExist) {
		return nil // another process was faster
	}
	if err != nil {
		return fmt.Errorf("sqlite: %w", err)
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("sqlite: %w", err)
	}
	return nil
}
