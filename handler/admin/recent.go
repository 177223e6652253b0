package admin

import (
	"log/slog"
	"sync"
	"time"

	"github.com/go-pme/pme/event"
)

// mostRecent is how many events a Recent keeps by default.
const mostRecent = 2000

// Recent keeps the newest events of level info and above in memory, for the page of events. It is a listener: give it to the
// Listeners of the event stream and to [Options]. It is safe for concurrent use.
type Recent struct {
	mu   sync.Mutex
	ring []event.Event
	next int // where the next one goes, once the ring is full
	most int
}

var _ event.LeveledListener = (*Recent)(nil)

// NewRecent returns a Recent for so many events; 0 is 2,000. One takes about a kilobyte.
func NewRecent(most int) *Recent {
	if most <= 0 {
		most = mostRecent
	}
	return &Recent{most: most}
}

// EventLevel implements [event.LeveledListener].
func (r *Recent) EventLevel() slog.Level { return slog.LevelInfo }

// Listen implements [event.Listener].
func (r *Recent) Listen(e event.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.ring) < r.most {
		r.ring = append(r.ring, e)
		return
	}
	r.ring[r.next] = e
	r.next = (r.next + 1) % r.most
}

// since returns the events since then that match, the newest first.
func (r *Recent) since(then time.Time, match func(event.Event) bool) (found []event.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range r.ring {
		e := r.ring[(r.next-1-i+2*len(r.ring))%len(r.ring)]
		if !e.Time.Before(then) && match(e) {
			found = append(found, e)
		}
	}
	return found
}
