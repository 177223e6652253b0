package secret

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

const (
	// every is how long a source that is used goes without a look at its files.
	every = time.Second

	// settle is how long content must have been the same to be accepted: a file may be half-written.
	settle = 50 * time.Millisecond

	// patience is how long a look may take before the consumers are told that it hangs.
	patience = 10 * time.Second
)

// A look reads the files once, and once more if something has changed.
type look struct {
	done chan struct{}
	at   time.Duration // since Source.began
}

func (s *Source) where() string { return strings.Join(s.paths, ", ") }

// hangs is the problem of a look that does not come to an end.
func (s *Source) hangs() string {
	return "secret: " + s.where() + ": the file system does not answer"
}

func (s *Source) now() time.Duration { return time.Since(s.began) } //nolint:forbidigo // files change on the clock of this machine

// due reports whether it is time for a look, to one caller only.
func (s *Source) due() bool {
	now, last := int64(s.now()), s.looked.Load()
	return now-last >= int64(every) && s.looked.CompareAndSwap(last, now)
}

// Look has the files looked at now, and waits until that is done or ctx ends. Call it before the values are used
// where waiting is possible, and after one of them was refused. Any number of callers share two looks at most.
func (s *Source) Look(ctx context.Context) {
	if s.paths == nil {
		return
	}
	current, mine := s.begin()
	if s.wait(ctx, current) && !mine { // that one may have read before the caller came
		current, _ = s.begin()
		s.wait(ctx, current)
	}
}

func (s *Source) wait(ctx context.Context, l *look) bool {
	select {
	case <-l.done:
		return true
	case <-ctx.Done():
		return false
	}
}

// begin returns the look that runs, and begins one if there is none.
func (s *Source) begin() (l *look, mine bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	s.looked.Store(int64(now))
	if s.running != nil {
		if now-s.running.at >= patience {
			s.report(s.hangs())
		}
		return s.running, false
	}
	s.running = &look{done: make(chan struct{}), at: now}
	go s.look(s.running)
	return s.running, true
}

func (s *Source) look(l *look) {
	defer func() {
		s.mu.Lock()
		s.running = nil
		s.mu.Unlock()
		close(l.done)
	}()
	content, err := readAll(s.paths)
	if err == nil && same(content, s.content) {
		s.found("")
		return
	}
	time.Sleep(settle)
	again, errAgain := readAll(s.paths)
	switch {
	case errAgain != nil && err != nil:
		s.found(errAgain.Error())
	case errAgain != nil || err != nil || !same(content, again):
		return // it is being changed: the next look decides
	default:
		s.accept(again)
	}
}

// same reports whether the files have the same content. Only the goroutine of the look, of which there is one at a
// time, changes Source.content.
func same(a, b [][]byte) bool { return slices.EqualFunc(a, b, bytes.Equal) }

// accept puts the values in content in force, if they are good.
func (s *Source) accept(content [][]byte) {
	values, err := parse(s.paths, content)
	s.deciding.Lock()
	defer s.deciding.Unlock()
	if err == nil {
		err = s.check(values)
	}
	if err != nil {
		s.found(err.Error())
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.content, s.problem = content, ""
	changed := !slices.Equal(values, *s.values.Load())
	if changed {
		s.values.Store(&values)
	}
	s.announce(Change{File: s.name, Values: changed})
}

// check asks all consumers. It leaves Source.mu unlocked meanwhile, as requests lock it.
func (s *Source) check(values []string) error {
	s.mu.Lock()
	consumers := slices.Clone(s.consumers)
	s.mu.Unlock()
	for _, c := range consumers {
		if err := c.check(values); err != nil {
			return fmt.Errorf("secret: %s: %w", s.where(), err)
		}
	}
	return nil
}

// found notes the problem of the files, "" if they have the values in force. These stay in force.
func (s *Source) found(problem string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.report(problem)
}
