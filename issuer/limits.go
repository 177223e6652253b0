package issuer

import (
	"fmt"
	"sync/atomic"
	"time"

	"github.com/patrickmn/go-cache"
)

// spend takes one call to Matterport from the user's budget.
func (i *Issuer) spend(user string) error {
	if wait := i.budget.Spend(user); wait > 0 {
		return &Error{
			Kind:       ErrRateLimited,
			RetryAfter: wait,
			Err:        fmt.Errorf("more than %d new tokens at once, or one each %v", i.budget.Burst, i.budget.Every),
		}
	}
	return nil
}

// gone remembers for a moment which sets of models Matterport did not find, so that asking for them
// again and again costs nothing there.
type gone struct{ sets *cache.Cache }

const (
	goneFor = 30 * time.Second
	maxGone = 10_000
)

func newGone() gone { return gone{sets: cache.New(goneFor, 0)} }

func (g gone) recently(models string) bool {
	_, ok := g.sets.Get(models)
	return ok
}

func (g gone) note(models string) {
	if g.sets.ItemCount() >= maxGone {
		g.sets.DeleteExpired()
	}
	if g.sets.ItemCount() < maxGone {
		g.sets.SetDefault(models, nil)
	}
}

// quiet is how long Matterport has asked to be left alone, by a Retry-After.
type quiet struct {
	now   func() time.Time
	until atomic.Int64 // Unix nanoseconds
}

// maxQuiet bounds what one answer can ask for.
const maxQuiet = time.Minute

func (q *quiet) keep(d time.Duration) {
	if d > 0 {
		q.until.Store(q.now().Add(min(d, maxQuiet)).UnixNano())
	}
}

func (q *quiet) left() time.Duration { return time.Unix(0, q.until.Load()).Sub(q.now()) }
