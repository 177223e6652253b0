package webhook

import (
	"sync"
	"time"
)

// refresh tells the catalog that models have changed: at once, and then not more often than each betweenRefresh.
type refresh struct {
	catalog Catalog // may be nil

	mu   sync.Mutex
	last time.Time // when it was told
	due  time.Time // when it is told next, or zero
}

func newRefresh(c Catalog) *refresh { return &refresh{catalog: c} }

// want has the catalog told. It reports whether nothing was due before.
func (r *refresh) want(now time.Time) (news bool) {
	if r.catalog == nil {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.due.IsZero() {
		return false
	}
	r.due = later(now.Add(settle), r.last.Add(betweenRefresh))
	return true
}

// next returns when the catalog is told, or the zero time.
func (r *refresh) next() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.due
}

// tell tells the catalog if that is due.
func (r *refresh) tell(now time.Time) {
	r.mu.Lock()
	due := !r.due.IsZero() && !now.Before(r.due)
	if due {
		r.last, r.due = now, time.Time{}
	}
	r.mu.Unlock()
	if due {
		r.catalog.Refresh()
	}
}
