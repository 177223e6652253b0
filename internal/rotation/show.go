package rotation

import (
	"context"
	"slices"
	"time"
)

// An Answer is what the other side says of a value.
type Answer int

const (
	// Silent says nothing of the value: there was no answer, or one about something else.
	Silent Answer = iota
	// Accepted means that the value is right.
	Accepted
	// Refused means that the value is wrong.
	Refused
	// Doubtful means that something is wrong, which may be the value.
	Doubtful
)

// maxShown is how many values are shown for one call.
const maxShown = 3

// Show calls try with a value, and with another one if it is refused: each at most once, and three at most. If all values
// were refused so often that none is to be shown now, it calls nothing and returns for how long.
func (r *Ring) Show(ctx context.Context, try func(value string) Answer) (pause time.Duration) {
	var shown, doubted []string
	looked := false
	for len(shown) < maxShown {
		value, ok := r.next(shown)
		switch {
		case !ok && !looked: // there may be another one by now
			looked = true
			r.look(ctx)
			continue
		case !ok && len(shown) == 0:
			return max(r.left(), time.Millisecond)
		case !ok:
			return 0
		}
		shown = append(shown, value)
		switch try(value) {
		case Silent:
			return 0
		case Accepted:
			r.accept(ctx, value, doubted)
			return 0
		case Refused:
			r.refuse(ctx, value)
		case Doubtful:
			if doubted = append(doubted, value); len(doubted) > 1 {
				r.pace(value)
			}
		}
		if ctx.Err() != nil {
			return 0
		}
	}
	return 0
}

// next returns the value to show after those that were.
func (r *Ring) next(shown []string) (string, bool) {
	for _, v := range r.candidates() {
		if !slices.Contains(shown, v) {
			return v, true
		}
	}
	return "", false
}

// accept notes that a value is right. Those that were doubted before it are then wrong.
func (r *Ring) accept(ctx context.Context, value string, doubted []string) {
	for _, v := range doubted {
		r.refuse(ctx, v)
	}
	values := r.cfg.Source.Values()
	r.mu.Lock()
	was := r.records[value]
	delete(r.records, value)
	r.accepted = value
	newest := len(values) == 0 || values[0] == value
	behind := !newest && r.records[values[0]] != nil && r.records[values[0]].certain
	r.mu.Unlock()
	switch {
	case newest:
		r.newest.Well()
	case behind:
		r.newest.Degraded(healthOlder)
	}
	if was != nil && was.told {
		r.tellAccepted(ctx)
	}
}

// refuse notes that a value is wrong.
func (r *Ring) refuse(ctx context.Context, value string) {
	values := r.cfg.Source.Values()
	newest := len(values) > 0 && values[0] == value
	r.mu.Lock()
	rec := r.paced(value)
	rec.certain = true
	tell := newest && !rec.told
	rec.told = rec.told || tell
	r.mu.Unlock()
	if tell {
		r.newest.Degraded(healthRefused)
		r.tellRefused(ctx)
	}
}

// pace notes that a value did not help.
func (r *Ring) pace(value string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.paced(value)
}

// paced needs r.mu.
func (r *Ring) paced(value string) *record {
	rec := r.records[value]
	if rec == nil {
		rec = new(record)
		r.records[value] = rec
	}
	now := r.cfg.Now()
	if rec.until.After(now) { // several calls were under way together
		return rec
	}
	rec.refusals++
	if rec.refusals >= free {
		rec.until = now.Add(min(firstPause<<min(rec.refusals-free, 10), maxPause))
	}
	return rec
}
