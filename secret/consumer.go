package secret

import (
	"context"
	"errors"
	"log/slog"

	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/health"
)

// A Consumer checks the values of a [Source], and is told what becomes of it. All fields are optional. Check and CheckAll
// must not call the Source, nor wait for anything.
type Consumer struct {
	// Check returns what is wrong with a value, or nil. Its error must not quote the value. If one value is
	// wrong, none of the new ones is put in force.
	Check func(value string) error

	// CheckAll does so with all values together.
	CheckAll func(values []string) error

	// Changed is called when there is news, one call at a time, in the order of events. It may take as long as it likes:
	// neither requests nor looks at the files nor other consumers wait for it. A panic in it is lost.
	//
	// It can be late, so use it for messages only. What is derived from values and remembered, such as a parsed key, has to be
	// compared with [Source.Values] when it is used.
	Changed func(Change)
}

// A Change is the news of a [Source]. It has no value. What happens while Changed runs is told as one Change afterwards:
// its Problem is the latest, and Values is set if other values came in force since.
type Change struct {
	// File is the base name of the file, or the names of the files.
	File string

	// Problem says why the content of the files is not used: the last good values stay in force. It names the path. It is
	// empty if the values in the files are in force.
	Problem string

	// Values says that other values than before are in force. If it is false and there is no problem, files that could not
	// be used can be used again, and have the same values as before.
	Values bool
}

// Event returns the event of the change, which names the secret as its part. Whoever takes a [Source] emits it.
func (c Change) Event(part string) event.Event {
	e := event.Event{Kind: event.SecretChanged, Level: slog.LevelInfo, Part: part}
	switch {
	case c.Problem != "":
		e.Kind, e.Level, e.Reason = event.SecretRejected, slog.LevelWarn, "unreadable"
		e.Detail = c.Problem + "; the last good value stays in use"
	case c.Values:
		e.Reason, e.Detail = "read", "read from "+c.File
	default:
		e.Reason, e.Detail = "readable", c.File+" can be read again, and its values have not changed"
	}
	return e
}

// Register has c check the values in force, and from now on all new ones, and tells it what changes until remove is called.
// If Changed is running, remove waits for it, for a second at most; it is not called again.
// The error says what is wrong with the values in force; then c is not registered.
func (s *Source) Register(c Consumer) (remove func(), err error) {
	if s == nil {
		return func() {}, errors.New("secret: the *Source is nil: look at the error of File")
	}
	if s.fault != nil {
		return func() {}, s.fault
	}
	s.deciding.Lock()
	defer s.deciding.Unlock()
	if err := c.check(*s.values.Load()); err != nil {
		return func() {}, err
	}
	return s.add(c), nil
}

// check also turns a panic into an error, whose value could contain a secret: in a look it would end the process.
func (c *Consumer) check(values []string) (err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("the check of the value panicked")
		}
	}()
	if c.Check != nil {
		for _, v := range values {
			if err := c.Check(v); err != nil {
				return err
			}
		}
	}
	if c.CheckAll != nil {
		return c.CheckAll(values)
	}
	return nil
}

// Unauthenticated probes show these words.
const (
	healthFile  = health.Degraded("a secret cannot be read again, the last good value is in use")
	healthHangs = health.Degraded("the file system with a secret does not answer, the last good value is in use")
)

// HealthParts returns the part "secrets". It is degraded while the files cannot be used. Like every look, it is as of the
// last use of the source.
func (s *Source) HealthParts() []health.Part {
	return []health.Part{{Name: "secrets", Check: func(context.Context) error {
		s.mu.Lock()
		defer s.mu.Unlock()
		switch {
		case s.problem == s.hangs(), s.running != nil && s.now()-s.running.at >= patience:
			return healthHangs
		case s.problem != "":
			return healthFile
		}
		return nil
	}}}
}

var _ health.Reporter = (*Source)(nil)
