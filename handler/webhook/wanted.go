package webhook

import (
	"cmp"
	"slices"
	"sync"
	"time"
)

const (
	maxWanted = 10_000           // models that wait; beyond, all that live tokens open are looked at
	settle    = time.Second      // from an event to the look, so that those of one change are one
	between   = 10 * time.Second // two looks at one model
)

// wanted is what has to be looked at.
type wanted struct {
	mu     sync.Mutex
	models map[string]want
	looked map[string]time.Time // when the last look at a model began, unless that is long ago
	events uint64               // that have come
	all    bool                 // all models that live tokens open, from allDue on
	allDue time.Time

	soonest time.Time // what next returned last, or an earlier time since
}

// want is a model that has to be looked at.
type want struct {
	asked    uint64    // the number of the last event that names it
	due      time.Time // not before
	attempts int       // that have failed
}

func newWanted() *wanted {
	return &wanted{models: make(map[string]want), looked: make(map[string]time.Time)}
}

// add notes an event about a model. It reports whether something is due sooner than next has said, and whether there are
// too many models from now on.
func (w *wanted) add(model string, now time.Time) (sooner, overflows bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.events++
	next, waits := w.models[model]
	if !waits && len(w.models) >= maxWanted {
		if w.all {
			return false, false
		}
		w.all, w.allDue = true, now.Add(settle)
		return w.isSooner(w.allDue), true
	}
	if !waits {
		next.due = now.Add(settle)
		if last, recent := w.looked[model]; recent {
			next.due = later(next.due, last.Add(between))
		}
	}
	next.asked = w.events
	w.models[model] = next
	return w.isSooner(next.due), false
}

// isSooner reports whether due is before whatever else is. It needs w.mu.
func (w *wanted) isSooner(due time.Time) bool {
	if !w.soonest.IsZero() && !due.Before(w.soonest) {
		return false
	}
	w.soonest = due
	return true
}

// again has a model looked at once more.
func (w *wanted) again(model string, attempts int, due time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	next := w.models[model] // an event may have come meanwhile
	w.models[model] = want{asked: w.events, due: later(next.due, due), attempts: attempts}
}

// next returns when the next look is due, or the zero time if none is.
func (w *wanted) next() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.soonest = time.Time{}
	if w.all {
		w.soonest = w.allDue
	}
	for _, next := range w.models {
		w.isSooner(next.due)
	}
	return w.soonest
}

// position is how many events have come, to be taken before the live models are read.
func (w *wanted) position() uint64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.events
}

// take returns up to most models that are due, those that failed least and wait longest first. Models that no live token
// opens are dropped, unless an event has named them since the position.
func (w *wanted) take(live map[string]int, position uint64, now time.Time, most int) []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.all && !w.allDue.After(now) {
		w.addAll(live, now)
	}
	var due []string
	for model, next := range w.models {
		if live[model] == 0 {
			if next.asked <= position {
				delete(w.models, model)
			}
			continue
		}
		if !next.due.After(now) {
			due = append(due, model)
		}
	}
	slices.SortFunc(due, func(a, b string) int {
		x, y := w.models[a], w.models[b]
		return cmp.Or(cmp.Compare(x.attempts, y.attempts), x.due.Compare(y.due), cmp.Compare(a, b))
	})
	return due[:min(len(due), most)]
}

// addAll has all live models looked at. Each was perhaps named by an event that found no room. It needs w.mu.
func (w *wanted) addAll(live map[string]int, now time.Time) {
	w.all = false
	for model := range live {
		if _, waits := w.models[model]; !waits {
			w.models[model] = want{asked: w.events, due: later(now, w.looked[model].Add(between))}
		}
	}
}

// begin takes a model off, because a look at it begins, and returns how many have failed. An event from now on is one more look.
func (w *wanted) begin(model string, now time.Time) (attempts int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	attempts = w.models[model].attempts
	delete(w.models, model)
	if len(w.looked) >= 1024 {
		for other, at := range w.looked {
			if now.Sub(at) >= between {
				delete(w.looked, other)
			}
		}
	}
	w.looked[model] = now
	return attempts
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
