package matterport

import (
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// tolerance is how far a single answer may turn the clock back. Honest answers differ by the fraction
	// of a second that Date cuts off and by the time that their requests took. It is less than the ten
	// seconds that a token which is given out must have beyond what the SDK needs.
	tolerance = 5 * time.Second

	// confirmation is how much later, by its own date, a second answer must be to turn the clock back
	// further. It spans an attempt, so that requests that were under way together cannot confirm each
	// other, and exceeds the tolerance, so that one date sent again and again cannot either.
	confirmation = 10 * time.Second
)

// clock knows the server's time from the Date header of its answers (RFC 9110 §6.6.1). It is told only
// of answers that are certainly Matterport's.
//
// It may run ahead of the server by a second and the time an answer took, and does not lag: a token that
// is judged by it is given up early rather than late. So it believes at once that it is later, and that
// it is earlier only if answers agree on it for a while. It is safe for concurrent use.
type clock struct {
	now    func() time.Time
	anchor atomic.Pointer[anchor]

	mu sync.Mutex // of learn

	// high is the latest time that was believed since the clock was last turned back for good. The
	// tolerance counts from there: many answers that are each a little earlier turn back no more than one.
	high *anchor

	// rival is the first of the latest answers that agree on a time before high; nil: there is none.
	rival *anchor
}

// anchor ties the server's clock to the local one: at the local moment, the server's clock showed
// earliest at least, and less than latest.
type anchor struct{ earliest, latest, local time.Time }

// began is when a request was made, on the server's clock.
type began struct {
	// clock is what the clock says, without the answer or with it: the earlier of the two. The local
	// time while it is not known.
	clock time.Time

	// earliest is not later than the truth, though either the clock or the answer's date be wrong. Zero
	// if neither is known.
	earliest time.Time
}

// at returns the latest that the server's clock can show at a local moment.
func (a *anchor) at(local time.Time) time.Time { return a.latest.Add(elapsed(a.local, local)) }

// atLeast returns the earliest that it can show.
func (a *anchor) atLeast(local time.Time) time.Time {
	return a.earliest.Add(min(local.Sub(a.local), local.Round(0).Sub(a.local.Round(0))))
}

// agrees reports whether a later answer says the same.
func (a *anchor) agrees(later *anchor) bool {
	return a.at(later.local).Sub(later.latest).Abs() <= tolerance
}

// read returns the server's time now. Before the first answer it is not known, and the local time is
// returned.
//
// A local clock that is set back, with nothing monotonic to tell how far, cannot set this one back
// behind the answer it is known from.
func (c *clock) read() (now time.Time, known bool) {
	now = c.now()
	a := c.anchor.Load()
	if a == nil {
		return now.Round(0).UTC(), false
	}
	return a.latest.Add(max(elapsed(a.local, now), 0)), true
}

// at returns the server's time at a local moment; the local time while it is not known.
func (c *clock) at(local time.Time) time.Time {
	if a := c.anchor.Load(); a != nil {
		return a.at(local)
	}
	return local.Round(0).UTC()
}

// learn sets the clock by an answer, if it believes its date, and returns when the request was made.
// behind is not zero if the date is earlier than the clock by more than the tolerance. Either the clock has just
// stored the answer as its rival, or it was turned back by that much, which turned reports.
func (c *clock) learn(a *answer) (b began, behind time.Duration, turned bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	before, said := c.anchor.Load(), a.dated()
	if said != nil {
		behind, turned = c.take(said)
	}
	b.clock = c.at(a.start)
	if before != nil {
		b.clock = earlier(b.clock, before.at(a.start))
		b.earliest = before.atLeast(a.start)
	}
	if said != nil {
		b.earliest = earlier(b.earliest, said.earliest)
	}
	return b, behind, turned
}

// take believes what was said, or remembers it. It needs c.mu.
func (c *clock) take(said *anchor) (behind time.Duration, turned bool) {
	if c.high != nil {
		behind = c.high.at(said.local).Sub(said.latest)
	}
	agreed := c.rival != nil && c.rival.agrees(said)
	confirmed := agreed && said.latest.Sub(c.rival.latest) >= confirmation
	switch {
	case c.high == nil, behind <= 0, confirmed:
		c.high, c.rival = said, nil
	case !agreed:
		c.rival = said // the time that it contradicts is no longer confirmed
	}
	if behind <= tolerance || confirmed {
		c.anchor.Store(said)
	}
	if behind <= tolerance || agreed && !confirmed {
		return 0, false
	}
	return behind, confirmed
}

// dated returns what the answer's Date says of the server's clock when the request was made.
//
// The server wrote Date, whose fraction of a second is cut off, between start and end. So its clock
// showed Date - (end - start) at start at least, and less than Date + 1s + (t - start) at any later
// moment t. A missing or unreadable Date says nothing, nor does that of an answer which a cache has kept,
// as its Age says (RFC 9111 §5.1): such a date is old.
func (a *answer) dated() *anchor {
	date, err := http.ParseTime(a.header.Get("Date"))
	age := a.header.Get("Age")
	if err != nil || (age != "" && age != "0") {
		return nil
	}
	date = date.UTC()
	return &anchor{earliest: date.Add(-max(elapsed(a.start, a.end), 0)), latest: date.Add(time.Second), local: a.start}
}

// elapsed is the time from one local moment to another by the faster of two clocks. The monotonic one
// stands still while a machine sleeps; the wall clock can be set back.
func elapsed(from, to time.Time) time.Duration {
	return max(to.Sub(from), time.Duration(to.UnixNano()-from.UnixNano()))
}

// earlier returns the earlier of two times, of which the first may be missing.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || b.Before(a) {
		return b
	}
	return a
}
