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

// Show calls try with a value, and with another one if it is refused: each at most once, and three at most, of which the
// last is the accepted one. If all values were refused so often that none is to be shown now, it calls nothing and
// returns for how long.
func (r *Ring) Show(ctx context.Context, try func(value string) Answer) (pause time.Duration) {
	var shown, doubted []string
	looked := false
	for len(shown) < maxShown && (len(shown) == 0 || ctx.Err() == nil) {
		value, ok := r.next(shown)
		if !ok && looked {
			break
		}
		if !ok { // there may be another one by now
			looked = true
			r.look(ctx)
			continue
		}
		shown = append(shown, value)
		switch try(value) {
		case Silent:
			r.fail(ctx, doubted)
			return 0
		case Accepted:
			r.accept(ctx, value, doubted)
			return 0
		case Refused:
			r.refuse(value)
		case Doubtful:
			doubted = append(doubted, value)
		}
	}
	r.fail(ctx, doubted)
	if len(shown) == 0 {
		return max(r.left(), time.Millisecond)
	}
	return 0
}

// next returns the value to show after those that were.
func (r *Ring) next(shown []string) (string, bool) {
	left := slices.DeleteFunc(r.candidates(), func(v string) bool { return slices.Contains(shown, v) })
	if len(left) == 0 {
		return "", false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(shown) == maxShown-1 && slices.Contains(left, r.accepted) {
		return r.accepted, true
	}
	return left[0], true
}

// accept notes that a value is right. Those that were doubted before it are then wrong.
func (r *Ring) accept(ctx context.Context, value string, doubted []string) {
	for _, v := range doubted {
		r.refuse(v)
	}
	r.mu.Lock()
	delete(r.records, value)
	r.accepted = value
	r.mu.Unlock()
	r.report(ctx, true)
}

// fail notes that a call went wrong, with values of which it is not known whether they are.
func (r *Ring) fail(ctx context.Context, doubted []string) {
	r.mu.Lock()
	for _, v := range doubted {
		// The call may be at fault, and everyone else's needs a value. So only what can be done without is shown less often.
		if r.accepted != "" && v != r.accepted {
			r.pace(v)
		}
	}
	r.mu.Unlock()
	r.report(ctx, false)
}

// refuse notes that a value is wrong.
func (r *Ring) refuse(value string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.pace(value).certain = true
}

// pace notes that a value did not help. It needs r.mu.
func (r *Ring) pace(value string) *record {
	rec := r.records[value]
	if rec == nil {
		rec = new(record)
		r.records[value] = rec
	}
	now := r.cfg.Now()
	if !rec.again.After(now) {
		rec.wait = min(max(2*rec.wait, firstWait), maxWait)
		rec.again = now.Add(rec.wait)
	}
	if rec.until.After(now) { // several calls were under way together
		return rec
	}
	rec.refusals++
	if rec.refusals >= free {
		rec.until = now.Add(min(firstPause<<min(rec.refusals-free, 10), maxPause))
	}
	return rec
}
