package files

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/go-pme/pme/audit"
)

// Expire implements [audit.Expirer].
func (f *Files) Expire(ctx context.Context, before time.Time) (chains int, err error) {
	all, err := parts(f.cfg.Dir)
	if err != nil {
		return 0, err
	}
	var errs []error
	for chain := range slices.Values(chainsOf(all)) {
		old, err := f.isOld(ctx, chain, before)
		if err == nil && old {
			err = f.remove(chain)
			chains++
		}
		errs = append(errs, err)
	}
	return chains, errors.Join(errs...)
}

// isOld reports whether all records of a chain are from before that time.
func (f *Files) isOld(ctx context.Context, chain []part, before time.Time) (bool, error) {
	if !chain[len(chain)-1].begun.Before(before) {
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

// remove deletes the files of a chain, the last one first: if it cannot go on, what is left is seen to lack its end.
func (f *Files) remove(chain []part) error {
	for _, p := range slices.Backward(chain) {
		if err := os.Remove(filepath.Join(f.cfg.Dir, p.name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("files: an old file cannot be deleted: %w", err)
		}
	}
	return nil
}
