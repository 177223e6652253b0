package audit

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/go-pme/pme/event"
)

// A Mode says whether a grant waits for the trail.
type Mode int

const (
	// BestEffort has no request wait for the trail.
	BestEffort Mode = iota

	// Required has each new grant wait until a sink has stored it.
	Required
)

const shortestKey = 32 // bytes

// Config configures a [Trail]. Sinks is required.
type Config struct {
	// Sinks store the records, each a chain of its own. In the mode Required, a grant is stored if one of them has stored it.
	// The trail does not close them.
	Sinks []Sink

	// Mode says whether a grant waits for the trail. Default: BestEffort.
	Mode Mode

	// Wait is how long a grant waits in the mode Required. Default: 2 seconds.
	Wait time.Duration

	// Queue is how many records may wait for one sink. Default: 4096.
	Queue int

	// Retention is how long records are kept, in sinks that are an [Expirer]: at least 24 hours. They are looked through once
	// an hour. Default: forever.
	Retention time.Duration

	// ChainKey makes the hashes of the chains keyed, so that only who has the key can make a chain: at least 32 random
	// bytes. Verify needs it. Default: hashes without a key.
	ChainKey []byte

	// Pseudonyms replaces personal data. Default: it is written as it is.
	Pseudonyms *Pseudonyms

	// Anchor gets the newest record of a chain once an hour, and when the trail is closed, beside the log. Keep it where those who
	// can write to the sinks cannot. It is called by one goroutine at a time. Default: none.
	Anchor func(Anchor)

	// Logger gets a record when a sink begins and ceases to fail, and the anchors. Default: slog.Default().
	Logger *slog.Logger
}

func (c Config) withDefaults() Config {
	c.Sinks = slices.Clone(c.Sinks)
	c.Wait = cmp.Or(c.Wait, 2*time.Second)
	c.Queue = cmp.Or(c.Queue, 4096)
	c.Logger = event.LoggerOr(c.Logger)
	if c.Anchor == nil {
		c.Anchor = func(Anchor) {}
	}
	return c
}

// validate reports everything that is wrong with c.
func (c Config) validate() error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf("audit: "+format, args...)) }
	if len(c.Sinks) == 0 {
		bad("Sinks is empty: give at least one, for example of files.Open")
	}
	for i, sink := range c.Sinks {
		if sink == nil {
			bad("Sinks[%d] is nil: look at the error of its constructor", i)
		}
	}
	if c.Mode != BestEffort && c.Mode != Required {
		bad("Mode is %d: give BestEffort or Required", c.Mode)
	}
	if c.Wait < 0 || c.Queue < 0 || c.Retention < 0 {
		bad("Wait, Queue and Retention must not be negative")
	}
	if c.Retention > 0 && c.Retention < 24*time.Hour {
		bad("Retention is %v: give at least 24h", c.Retention)
	}
	if n := len(c.ChainKey); n > 0 && n < shortestKey {
		bad("ChainKey has %d bytes: give at least %d random ones", n, shortestKey)
	}
	return errors.Join(errs...)
}
