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

	// unknown is how long the calendar waits while the time is not known.
	unknown = 5 * time.Second
)

// A Calendar waits for dates. Its fields are set before Run is called, and not changed afterwards.
type Calendar struct {
	// Now is the clock of the dates. Nothing is due while the time is not known.
	Now func() (now time.Time, known bool)

	// Next returns the first date after now that is known without a note, or zero. A date that is not after now is none.
	Next func(now time.Time) time.Time

	// Due is called at each date, one call at a time.
	Due func()

	noted atomic.Int64 // the earliest, in nanoseconds since 1970; 0 for none
	wake  chan struct{}
}

// New returns a Calendar that Run runs.
func New(now func() (time.Time, bool), next func(time.Time) time.Time, due func()) *Calendar {
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
		date, wait := c.earliest()
		var due <-chan time.Time
		if !date.IsZero() {
			due = time.After(max(rest, wait))
		}
		select {
		case <-done:
			return
		case <-c.wake:
		case <-due:
			rest = 0
			if now, known := c.Now(); known && !now.Before(date) {
				c.noted.Store(0) // Due notes what is to come
				c.Due()
				rest = apart
			}
		}
	}
}

// earliest returns the next date, or zero, and how long to wait until the next look at it.
func (c *Calendar) earliest() (date time.Time, wait time.Duration) {
	now, known := c.Now()
	if next := c.Next(now); next.After(now) {
		date = next
	}
	if noted := c.noted.Load(); noted != 0 && (date.IsZero() || noted < date.UnixNano()) {
		date = time.Unix(0, noted)
	}
	if !known {
		return date, unknown
	}
	return date, min(look, date.Sub(now))
}
