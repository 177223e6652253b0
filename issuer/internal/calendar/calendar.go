// Package calendar calls a function when the answers of a policy change by date.
package calendar

import (
	"sync/atomic"
	"time"
)

const (
	// look is how long a wait can be: the clock of the dates can be set meanwhile.
	look = time.Minute

	// apart is the least time between two calls of Due.
	apart = time.Second
)

// A Calendar waits for dates. Its fields are set before Run is called, and not changed afterwards.
type Calendar struct {
	// Now is the clock of the dates.
	Now func() time.Time

	// Next returns the first date after now that is known without a note, or zero.
	Next func(now time.Time) time.Time

	// Due is called at each date, one call at a time.
	Due func()

	noted atomic.Int64 // the earliest, in nanoseconds since 1970; 0 for none
	wake  chan struct{}
}

// New returns a Calendar that Run runs.
func New(now func() time.Time, next func(time.Time) time.Time, due func()) *Calendar {
	return &Calendar{Now: now, Next: next, Due: due, wake: make(chan struct{}, 1)}
}

// Note notes a date. Zero is none. It is fast if an earlier one is noted.
func (c *Calendar) Note(date time.Time) {
	if date.IsZero() {
		return
	}
	for at := date.UnixNano(); ; {
		noted := c.noted.Load()
		if noted != 0 && noted <= at {
			return
		}
		if c.noted.CompareAndSwap(noted, at) {
			c.Look()
			return
		}
	}
}

// Look has Next asked again.
func (c *Calendar) Look() {
	select {
	case c.wake <- struct{}{}:
	default: // it has not been seen yet
	}
}

// Run calls Due at each date until done is closed.
func (c *Calendar) Run(done <-chan struct{}) {
	var rest time.Duration
	for {
		date := c.earliest()
		var due <-chan time.Time
		if !date.IsZero() {
			due = time.After(max(rest, min(look, date.Sub(c.Now()))))
		}
		select {
		case <-done:
			return
		case <-c.wake:
		case <-due:
			rest = 0
			if !c.Now().Before(date) {
				c.noted.Store(0) // Due notes what is to come
				c.Due()
				rest = apart
			}
		}
	}
}

// earliest returns the next date, or zero.
func (c *Calendar) earliest() time.Time {
	date := c.Next(c.Now())
	if noted := c.noted.Load(); noted != 0 && (date.IsZero() || noted < date.UnixNano()) {
		return time.Unix(0, noted)
	}
	return date
}
