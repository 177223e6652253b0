package matterport

import (
	"net/http"
	"sync/atomic"
	"time"
)

// clock knows the server's time from the Date header of its answers (RFC 9110 §6.6.1).
//
// It may run ahead of the server by a second and the time an answer took, and never lags: a token that
// is judged by it is given up early rather than late. It is safe for concurrent use.
type clock struct {
	now    func() time.Time
	anchor atomic.Pointer[anchor]
}

// anchor ties a moment of the server's clock to one of the local clock.
type anchor struct{ server, local time.Time }

// read returns the server's time now. Before the first answer that is the local time.
//
// A local clock that is set back, with nothing monotonic to tell how far, cannot set this one back
// behind the answer it is known from.
func (c *clock) read() time.Time {
	now, a := c.now(), c.anchor.Load()
	if a == nil {
		return now.Round(0).UTC()
	}
	return a.server.Add(max(elapsed(a.local, now), 0))
}

// at returns the server's time at a local moment.
func (c *clock) at(local time.Time) time.Time {
	a := c.anchor.Load()
	if a == nil {
		return local.Round(0).UTC()
	}
	return a.server.Add(elapsed(a.local, local))
}

// learn sets the clock by an answer to a request that began at the local moment start, and returns the
// server's time at that moment.
//
// The server wrote Date, whose fraction of a second is cut off, at start or later. So its clock shows
// less than Date + 1s + (t - start) at any later moment t, and exactly that bound is kept. A missing
// or unreadable Date is passed over, and so is that of an answer which a cache has kept, as its Age
// says (RFC 9111 §5.1): such a date is old.
func (c *clock) learn(header http.Header, start time.Time) time.Time {
	date, err := http.ParseTime(header.Get("Date"))
	age := header.Get("Age")
	if err != nil || (age != "" && age != "0") {
		return c.at(start)
	}
	a := &anchor{server: date.UTC().Add(time.Second), local: start}
	c.anchor.Store(a)
	return a.server
}

// elapsed is the time from one local moment to another by the faster of two clocks. The monotonic one
// stands still while a machine sleeps; the wall clock can be set back.
func elapsed(from, to time.Time) time.Duration {
	return max(to.Sub(from), to.Round(0).Sub(from.Round(0)))
}
