package secret

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// A Source has the values of one secret. It is made by [File] or [Fixed] and safe for concurrent use. It prints
// without its values.
type Source struct {
	name  string // base names of the files; "" if fixed
	paths []string
	fault error // of a fixed source

	values atomic.Pointer[[]string]
	began  time.Time
	looked atomic.Int64 // when the last look began, in nanoseconds since began

	// deciding is locked while consumers check values, until these are in force, so that no consumer misses any.
	deciding sync.Mutex

	// mu is never locked while code of a consumer runs. It is locked after deciding.
	mu        sync.Mutex
	content   [][]byte // of the values in force, by path
	problem   string   // of the last look; "" if it found nothing wrong
	running   *look    // nil if none is
	consumers []*audience
}

// Fixed returns a source of values that never change, the newest first. What is wrong with them is an error of
// whoever is given the source.
func Fixed(values ...string) *Source {
	s := &Source{fault: checkValues(values)}
	values = distinct(values)
	s.values.Store(&values)
	return s
}

// File returns a source of the values in a file, and after them those in older ones. It fails if one of them cannot be
// used, as there are no values to fall back on. The error names the path and the problem, never a value.
func File(path string, older ...string) (*Source, error) {
	s := &Source{paths: append([]string{path}, older...), began: time.Now()} //nolint:forbidigo // files change on the clock of this machine
	s.name = baseNames(s.paths)
	content, err := readAll(s.paths)
	if err != nil {
		return nil, err
	}
	values, err := parse(s.paths, content)
	if err != nil {
		return nil, err
	}
	s.content = content
	s.values.Store(&values)
	return s, nil
}

// Values returns the values in force, the newest first: at least one, unless it is a [Fixed] source of none. It never
// waits. If the last look at the files is a second ago, it has them looked at in the background. The caller must not
// change the slice.
func (s *Source) Values() []string {
	if s.paths != nil && s.due() {
		s.begin()
	}
	return *s.values.Load()
}

// distinct returns a copy without repetitions.
func distinct(values []string) []string {
	var all []string
	for _, v := range values {
		if !slices.Contains(all, v) {
			all = append(all, v)
		}
	}
	return all
}

func checkValues(values []string) error {
	if len(values) == 0 {
		return errors.New("secret: there is no value: give at least one")
	}
	if len(values) > maxValues {
		return fmt.Errorf("secret: %w", errTooMany)
	}
	var errs []error
	for i, v := range values {
		errs = append(errs, checkValue(i, v))
	}
	return errors.Join(errs...)
}
