package audit

import "time"

// goneAfter is how long a process that writes nothing is taken for one that runs: each writes at least once a day.
const goneAfter = 48 * time.Hour

// runs are the processes that have written a trail, each with a chain a day.
type runs struct {
	next   map[string]string    // the chain that goes on from one
	closed map[string]bool      // in order
	last   map[string]time.Time // the newest record that was seen of a chain
	newest time.Time            // of all
}

func newRuns() *runs {
	return &runs{next: make(map[string]string), closed: make(map[string]bool), last: make(map[string]time.Time)}
}

func (s *runs) add(r *Record) {
	switch r.Kind {
	case TrailBegan:
		if r.After != "" {
			s.next[r.After] = r.Chain
		}
	case TrailClosed:
		s.closed[r.Chain] = true
	}
	if r.Time.After(s.last[r.Chain]) {
		s.last[r.Chain] = r.Time
	}
	if r.Time.After(s.newest) {
		s.newest = r.Time
	}
}

// end returns when the process that has written a chain ended, or zero if it runs, as far as the trail knows.
func (s *runs) end(chain string) time.Time {
	for s.next[chain] != "" {
		chain = s.next[chain]
	}
	if s.closed[chain] || s.newest.Sub(s.last[chain]) > goneAfter {
		return s.last[chain]
	}
	return time.Time{}
}
