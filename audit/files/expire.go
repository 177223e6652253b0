package files

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/go-pme/pme/audit"
)

// Expire implements [audit.Expirer]. It deletes those that have ended first, first.
func (f *Files) Expire(ctx context.Context, before time.Time) (chains int, err error) {
	all, err := parts(f.cfg.Dir)
	if err != nil {
		return 0, err
	}
	ended := chainsOf(all)
	slices.SortStableFunc(ended, func(a, b []part) int { return a[len(a)-1].begun.Compare(b[len(b)-1].begun) })
	var errs []error
	for _, chain := range ended {
		old, err := f.isOld(ctx, chain, before)
		if err == nil && old {
			if err = f.remove(chain); err == nil {
				chains++
			}
		}
		errs = append(errs, err)
	}
	return chains, errors.Join(errs...)
}

// isOld reports whether all records of a chain are from before that time. The newest one is likely to be the last.
func (f *Files) isOld(ctx context.Context, chain []part, before time.Time) (bool, error) {
	if last, ok := f.lastTime(chain[len(chain)-1].name); ok && !last.Before(before) {
		return false, nil
	}
	for _, p := range chain {
		for r, err := range f.lines(ctx, p.name) {
			switch {
			case errors.Is(err, audit.ErrLine):
			case err != nil:
				return false, err
			case !r.Time.Before(before):
				return false, nil
			}
		}
	}
	return true, nil
}

// lastTime returns the time of the last record of a file, if its end can be read.
func (f *Files) lastTime(name string) (at time.Time, ok bool) {
	file, err := os.Open(filepath.Join(f.cfg.Dir, name)) //nolint:gosec // a name that was found there
	if err != nil {
		return time.Time{}, false
	}
	defer func() { _ = file.Close() }() // nothing was written
	info, err := file.Stat()
	if err != nil {
		return time.Time{}, false
	}
	end := make([]byte, min(info.Size(), 64<<10))
	if _, err := file.ReadAt(end, info.Size()-int64(len(end))); err != nil {
		return time.Time{}, false
	}
	lines := strings.Split(strings.TrimSuffix(string(end), "\n"), "\n")
	r, err := audit.ParseLine(lines[len(lines)-1])
	return r.Time, err == nil
}

// remove deletes the files of a chain, the last one first: if it cannot go on, what is left is seen to lack its end.
func (f *Files) remove(chain []part) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.current != nil && f.current.chain == chain[0].chain { // it has not been written to for long
		if err := f.close(); err != nil {
			return err
		}
	}
	for _, p := range slices.Backward(chain) {
		if err := os.Remove(filepath.Join(f.cfg.Dir, p.name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("files: an old file cannot be deleted: %w", err)
		}
	}
	return nil
}
