package access

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/go-pme/pme/access/internal/reviewed"
	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/internal/condition"
)

// defaultInterval is how often a file is checked for changes.
const defaultInterval = 5 * time.Second

// FileOptions configure a [File]. The zero value is ready for use.
type FileOptions struct {
	// Interval is the time between two checks of the file. A change takes effect within one interval and a
	// tenth of it. Default: 5 seconds.
	Interval time.Duration

	// Logger gets a record of every accepted change (Info) and, once per distinct problem, of refused
	// versions (Error). Records quote the file's entries: user IDs, addresses and group names. Default:
	// slog.Default().
	Logger *slog.Logger
}

func (o FileOptions) withDefaults() FileOptions {
	o.Interval = cmp.Or(o.Interval, defaultInterval)
	o.Logger = event.LoggerOr(o.Logger)
	return o
}

func (o FileOptions) validate() error {
	if o.Interval < 0 {
		return fmt.Errorf("access: FileOptions.Interval is %v: give a positive duration, or none for %v", o.Interval, defaultInterval)
	}
	return nil
}

// File is a [Policy] in a YAML file, read again whenever its content changes. It is its own [Source].
// Make it with [OpenFile]; the zero File is not usable.
//
// A version of the file that cannot be read, is broken, or is still being written never replaces a good
// one: the last good list stays in force until there is a better one. The content is compared, not the
// modification time, and symbolic links are followed on each check, so a ConfigMap that Kubernetes swaps is
// noticed. A program that writes the file should still write another one and rename it: half a list, read while
// its writer pauses, can be a valid list.
type File struct {
	path    string
	settle  time.Duration
	log     *slog.Logger
	inForce *inForce

	// These belong to the goroutine of run.
	content []byte // of the version in force
	problem string // logged last; "" if the last check succeeded

	parts  // for health; the root package reads them
	seam   // for package review
	newest condition.Condition

	closing func()
	closed  <-chan struct{} // tells the goroutine to end
	done    chan struct{}   // the goroutine has ended
}

// OpenFile reads the list in the file and checks it for changes until [File.Close]. It fails if the first read
// fails, as there is no list to fall back on. The error names every problem with its line. It wraps the error of
// the file system, such as [io/fs.ErrNotExist].
func OpenFile(path string, opts FileOptions) (*File, error) {
	opts = opts.withDefaults()
	if err := opts.validate(); err != nil {
		return nil, err
	}
	content, rules, err := load(path)
	if err != nil {
		return nil, err
	}
	closed := make(chan struct{})
	f := &File{
		path:    path,
		settle:  opts.Interval / 10,
		log:     opts.Logger,
		inForce: newInForce(opts.Logger, rules, newOrigin(path, content, rules)),
		content: content,
		closing: sync.OnceFunc(func() { close(closed) }),
		closed:  closed,
		done:    make(chan struct{}),
	}
	condition.Add(&f.parts, f.newest.Part("policy"))
	f.seam = reviewed.NewSeam(f, f.inForce.version)
	go f.run(opts.Interval)
	return f, nil
}

// Policy returns f itself, or an error if f is nil.
func (f *File) Policy() (Policy, error) {
	if f == nil {
		return nil, errors.New("access: the *File is nil: check the error of OpenFile")
	}
	return f, nil
}

// Close stops checking for changes. It waits for a check in progress, including callbacks of [File.Watch], so
// callbacks must not call it. The list stays in force. It can be called more than once; the error is always nil.
func (f *File) Close() error {
	f.closing()
	<-f.done
	return nil
}
