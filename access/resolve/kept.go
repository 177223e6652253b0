package resolve

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/go-pme/pme/access/selector"
	"github.com/go-pme/pme/internal/modelid"
)

// These bound the file.
const (
	maxFile = 16 << 20
	ahead   = time.Minute // that a date in the file can be in the future, as clocks differ
)

// kept is a file's content: by the selectors' texts.
type kept struct {
	Selectors map[string]keptResult `json:"selectors"`
}

type keptResult struct {
	At       time.Time `json:"at"`
	Models   []string  `json:"models,omitempty"`
	Doubtful []string  `json:"doubtful,omitempty"`
	Missing  bool      `json:"missing,omitempty"`
	Problem  string    `json:"problem,omitempty"`
}

// restore returns what the file says of the selectors. A file that cannot be used is logged and left out: a look follows at once.
func (r *Resolver) restore(selectors []selector.Selector) selector.Resolution {
	if r.cfg.Path == "" {
		return nil
	}
	k, err := readKept(r.cfg.Path)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			r.cfg.Logger.LogAttrs(context.Background(), slog.LevelWarn, "the spaces found before the start are not used",
				slog.String("path", r.cfg.Path), slog.Any("error", err))
		}
		return nil
	}
	resolution, now := make(selector.Resolution), r.now()
	defer func() { r.tellOld(len(resolution), len(selectors)) }()
	for _, s := range selectors {
		result, ok := k.Selectors[s.String()]
		if age := now.Sub(result.At); ok && age <= r.cfg.MaxAge && age >= -ahead {
			resolution[s] = selector.Result{At: result.At, Models: tidy(result.Models), Doubtful: tidy(result.Doubtful), Missing: result.Missing, Problem: result.Problem}
		}
	}
	return resolution
}

// tellOld logs how many selectors the file has resolved.
func (r *Resolver) tellOld(resolved, of int) {
	r.cfg.Logger.LogAttrs(context.Background(), slog.LevelInfo, "spaces found before the start are used; a look follows",
		slog.String("path", r.cfg.Path), slog.Int("selectors", of), slog.Int("resolved", resolved))
}

var errWritable = errors.New("others than its owner may write the file, and so grant access: chmod 600")

func readKept(path string) (*kept, error) {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() { // opening a pipe would wait for its writer
		return nil, errors.New("not a regular file")
	}
	file, err := os.Open(path) //nolint:gosec // G304: the path is the operator's own configuration
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, errors.New("not a regular file")
	case info.Mode().Perm()&0o022 != 0:
		return nil, errWritable
	case info.Size() > maxFile:
		return nil, fmt.Errorf("the file has more than %d bytes", maxFile)
	}
	decoder := json.NewDecoder(io.LimitReader(file, maxFile))
	decoder.DisallowUnknownFields()
	k := new(kept)
	if err := decoder.Decode(k); err != nil {
		return nil, fmt.Errorf("the file is not understood: %w", err)
	}
	if decoder.More() {
		return nil, errors.New("the file is not understood: it goes on behind its end")
	}
	return k, k.check()
}

func (k *kept) check() error {
	for text, result := range k.Selectors {
		if _, err := selector.Parse(text); err != nil {
			return fmt.Errorf("the file has a selector that is none: %w", err)
		}
		for _, id := range append(result.Models[:len(result.Models):len(result.Models)], result.Doubtful...) {
			if !modelid.Valid(id) {
				return fmt.Errorf("the file has a model ID that is none: %.32q", id)
			}
		}
	}
	return nil
}

// keep writes what was found to the file. If that fails, the next start has to look first.
func (r *Resolver) keep(resolution selector.Resolution) {
	if r.cfg.Path == "" {
		return
	}
	k := kept{Selectors: make(map[string]keptResult)}
	for s, result := range resolution {
		if result.Known() {
			k.Selectors[s.String()] = keptResult{At: result.At.UTC(), Models: result.Models, Doubtful: result.Doubtful, Missing: result.Missing, Problem: result.Problem}
		}
	}
	if err := k.write(r.cfg.Path); err != nil {
		r.cfg.Logger.LogAttrs(context.Background(), slog.LevelWarn, "the spaces found are not stored for the next start",
			slog.String("path", r.cfg.Path), slog.Any("error", err))
	}
}

// write replaces the file as a whole.
func (k kept) write(path string) (err error) {
	data, err := json.MarshalIndent(k, "", "\t")
	if err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".selectors-*") // readable and writable for its owner only
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(file.Name())
		}
	}()
	_, err = file.Write(append(data, '\n'))
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}
