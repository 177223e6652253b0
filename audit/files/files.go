package files

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/go-pme/pme/audit"
)

// Config configures [Files]. Dir is required.
type Config struct {
	// Dir is the directory. It is made if it does not exist, so that only the process's own user can read it. It must
	// hold nothing else.
	Dir string

	// MaxBytes is how big a file gets before the next one is begun. Default: 64 MiB.
	MaxBytes int64
}

// Files is a sink. It is safe for concurrent use.
type Files struct {
	cfg  Config
	open func(name string, flag int, mode os.FileMode) (file, error)
	now  func() time.Time

	mu      sync.Mutex
	current *current
}

// A file is what is needed of an os.File.
type file interface {
	io.WriteCloser
	Sync() error
	Truncate(size int64) error
}

// current is the file that is written to.
type current struct {
	file   file
	chain  string
	first  int64   // the number of the first record
	starts []int64 // where each record begins
	size   int64   // of what is stored
	dirty  bool    // there may be more in the file than that
	listed bool    // the directory is synced
}

var (
	_ audit.Sink    = (*Files)(nil)
	_ audit.Reader  = (*Files)(nil)
	_ audit.Expirer = (*Files)(nil)
)

// Open makes Files. It fails if the directory cannot be made or written to.
func Open(cfg Config) (*Files, error) {
	if cfg.Dir == "" {
		return nil, errors.New("files: Dir is missing: name the directory of the audit trail")
	}
	if cfg.MaxBytes < 0 {
		return nil, errors.New("files: MaxBytes must not be negative")
	}
	cfg.MaxBytes = cmp.Or(cfg.MaxBytes, 64<<20)
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("files: the directory cannot be made: %w", err)
	}
	if err := probe(cfg.Dir); err != nil {
		return nil, fmt.Errorf("files: the directory cannot be written to: %w", err)
	}
	return &Files{cfg: cfg, open: openFile, now: time.Now}, nil
}

func openFile(name string, flag int, mode os.FileMode) (file, error) {
	return os.OpenFile(name, flag, mode) //nolint:gosec,wrapcheck // the operator names the directory; callers wrap it
}

// probe writes and removes a file.
func probe(dir string) error {
	f, err := os.CreateTemp(dir, ".probe-*")
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// Append implements [audit.Sink]. A disk that hangs cannot be interrupted: it returns only when the disk answers.
func (f *Files) Append(ctx context.Context, records []audit.Record) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(records) == 0 {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	var lines strings.Builder
	for i := range records {
		lines.WriteString(records[i].Line())
		lines.WriteByte('\n')
	}
	c, err := f.fileFor(&records[0])
	if err != nil {
		return err
	}
	return c.append(lines.String(), records, func() error { return syncDir(f.cfg.Dir) })
}

// fileFor returns the file for a record: the current one, or the next.
func (f *Files) fileFor(r *audit.Record) (*current, error) {
	now := f.now().UTC()
	if c := f.current; c != nil && c.chain == r.Chain && r.Number <= c.next() && (c.size < f.cfg.MaxBytes || r.Number < c.next()) {
		return c, c.backTo(r.Number)
	}
	if err := f.close(); err != nil {
		return nil, err
	}
	opened, err := f.open(filepath.Join(f.cfg.Dir, fileName(now, r.Chain, r.Number)), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("files: the next file cannot be made: %w", err)
	}
	f.current = &current{file: opened, chain: r.Chain, first: r.Number, dirty: true}
	return f.current, nil
}

// next is the number of the next record.
func (c *current) next() int64 { return c.first + int64(len(c.starts)) }

// backTo cuts off the records from a number on, which are written again.
func (c *current) backTo(number int64) error {
	switch {
	case number >= c.next():
		return nil
	case number < c.first:
		return fmt.Errorf("files: record %d is in an earlier file, and cannot be replaced", number)
	}
	at := number - c.first
	c.size, c.starts, c.dirty = c.starts[at], c.starts[:at], true
	return c.clean()
}

// append stores lines. If it fails, it cuts off what was written, now or at the next call.
func (c *current) append(lines string, records []audit.Record, sync func() error) error {
	if err := c.clean(); err != nil {
		return err
	}
	c.dirty = true
	_, err := io.WriteString(c.file, lines)
	if err == nil {
		err = c.file.Sync()
	}
	if err == nil && !c.listed {
		err = sync()
		c.listed = err == nil
	}
	if err != nil {
		return errors.Join(fmt.Errorf("files: a record cannot be written: %w", err), c.clean())
	}
	for i := range records {
		c.starts = append(c.starts, c.size)
		c.size += int64(len(records[i].Line())) + 1
	}
	c.dirty = false
	return nil
}

// clean cuts off what is not stored.
func (c *current) clean() error {
	if !c.dirty {
		return nil
	}
	if err := c.file.Truncate(c.size); err != nil {
		return fmt.Errorf("files: an incomplete record cannot be cut off: %w", err)
	}
	c.dirty = false
	return nil
}

// syncDir makes sure that a new file is still there after a crash.
func syncDir(dir string) error {
	d, err := os.Open(dir) //nolint:gosec // the operator names the directory
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// close closes the current file.
func (f *Files) close() error {
	c := f.current
	if c == nil {
		return nil
	}
	if err := c.clean(); err != nil {
		return err
	}
	f.current = nil
	if err := c.file.Close(); err != nil {
		return fmt.Errorf("files: a file cannot be closed: %w", err)
	}
	return nil
}

// Close closes the file that is written to. Close the trail first.
func (f *Files) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.close()
}
