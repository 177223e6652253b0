package files

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-pme/pme/audit"
)

// longestLine is more than a record can have, in bytes.
const longestLine = 1 << 20

// Records implements [audit.Reader]. It reads the files of all processes that share the directory. A file that expires
// meanwhile is left out.
func (f *Files) Records(ctx context.Context, q audit.Query) iter.Seq2[audit.Record, error] {
	return func(yield func(audit.Record, error) bool) {
		all, err := parts(f.cfg.Dir)
		if err != nil {
			yield(audit.Record{}, err)
			return
		}
		for i, p := range all {
			if !p.last && !q.From.IsZero() && all[i+1].begun.Before(q.From) {
				continue // a record is no later than its file; it can be earlier, if it had to wait
			}
			for r, err := range f.lines(ctx, p.name) {
				if (err != nil || q.Selects(&r)) && !yield(r, err) {
					return
				}
				if err != nil && !errors.Is(err, audit.ErrLine) {
					return
				}
			}
		}
	}
}

// lines goes through the records of one file.
func (f *Files) lines(ctx context.Context, name string) iter.Seq2[audit.Record, error] {
	return func(yield func(audit.Record, error) bool) {
		file, err := os.Open(filepath.Join(f.cfg.Dir, name)) //nolint:gosec // a name that was found there
		if errors.Is(err, fs.ErrNotExist) {
			return
		}
		if err != nil {
			yield(audit.Record{}, fmt.Errorf("files: a file cannot be read: %w", err))
			return
		}
		defer func() { _ = file.Close() }() // nothing was written
		in := bufio.NewReader(file)
		for n := 1; ; n++ {
			line, err := readLine(in)
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				if !errors.Is(err, io.EOF) {
					yield(audit.Record{}, fmt.Errorf("files: a file cannot be read: %w", err))
				}
				return
			}
			r, err := audit.ParseLine(line)
			if err != nil {
				err = fmt.Errorf("%s, line %d: %w", name, n, err)
			}
			if !yield(r, err) {
				return
			}
		}
	}
}

// readLine returns a line without its end. A last line without one is not complete, and io.EOF.
func readLine(in *bufio.Reader) (string, error) {
	var line strings.Builder
	for {
		piece, err := in.ReadSlice('\n')
		if line.Len() < longestLine {
			line.Write(piece)
		}
		switch {
		case err == nil:
			return strings.TrimSuffix(line.String(), "\n"), nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return "", err //nolint:wrapcheck // the caller wraps it
		}
	}
}
