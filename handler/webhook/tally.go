package webhook

import (
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/go-pme/pme/event"
)

// summarizeEvery is how long events are counted before the count is told.
const summarizeEvery = time.Minute

// A tally bounds how many events of one kind are emitted: a burst, and then one a minute with the count of the others.
type tally struct {
	mu    sync.Mutex
	limit *rate.Limiter
	left  int // that were not emitted
	what  event.Event
	due   time.Time // when left is told, unless it is zero
}

// newTally returns a tally that emits burst events at once, and one more each interval. Its summaries are like what.
func newTally(burst int, each time.Duration, what event.Event) *tally {
	return &tally{limit: rate.NewLimiter(rate.Every(each), burst), what: what}
}

// note reports whether one more event is to be emitted. If not, it is counted; first says that it is the first of a summary.
func (t *tally) note(now time.Time) (emit, first bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.left == 0 && t.limit.AllowN(now, 1) {
		return true, false
	}
	t.left++
	if t.left == 1 {
		t.due = now.Add(summarizeEvery)
	}
	return false, t.left == 1
}

// next returns when a summary is due, or the zero time.
func (t *tally) next() time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.due
}

// summary returns the summary if it is due.
func (t *tally) summary(now time.Time) (what event.Event, due bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.left == 0 || now.Before(t.due) {
		return event.Event{}, false
	}
	what = t.what
	what.Count = t.left
	t.left, t.due = 0, time.Time{}
	return what, true
}
