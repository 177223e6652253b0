package health

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// watchEvery is how often Watch checks the parts.
const watchEvery = 5 * time.Second

// A Change is a part that has become degraded, or well again.
type Change struct {
	Part string

	// Trouble is what is wrong, or empty if the part is well again. If words change while a part is degraded, that is no
	// Change.
	Trouble Degraded

	// Since is when the part was first seen degraded.
	Since time.Time
}

// Watch checks the parts every 5 seconds until ctx ends, and calls changed for each part that has become degraded, or
// well again, one call at a time. Trouble that is over within that time can go unseen. A panic in changed ends
// the program, as in any goroutine: it is the caller's.
func Watch(ctx context.Context, parts []Part, changed func(Change)) {
	r := newReporter(ctx, parts)
	since := make(map[string]time.Time)
	ticker := time.NewTicker(watchEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		results := r.results()
		if ctx.Err() != nil {
			return // the checks that end with ctx say nothing about their parts
		}
		r.compare(results, since, changed)
	}
}

// compare calls changed for what differs from before, in the order of the names.
func (r *reporter) compare(results map[string][]Degraded, since map[string]time.Time, changed func(Change)) {
	names := make([]string, 0, len(results))
	for name := range results {
		names = append(names, name)
	}
	slices.SortFunc(names, cmp.Compare[string])
	for _, name := range names {
		began, degraded := since[name]
		trouble := Degraded(join(results[name]))
		switch {
		case trouble != "" && !degraded:
			since[name] = r.now()
			changed(Change{Part: name, Trouble: trouble, Since: since[name]})
		case trouble == "" && degraded:
			delete(since, name)
			changed(Change{Part: name, Since: began})
		}
	}
}
