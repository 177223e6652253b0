package issuer

import (
	"fmt"
	"sync/atomic"
	"time"

	"github.com/patrickmn/go-cache"

	"github.com/go-pme/pme/issuer/store"
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

// quiet is how long Matterport has asked for no further calls of one mutation, by a Retry-After.
type quiet struct {
	now   func() time.Time
	began time.Time
	until atomic.Int64 // nanoseconds since then, by the monotonic clock
}

// maxQuiet bounds what one answer can ask for.
const maxQuiet = time.Minute

func newQuiet(now func() time.Time) *quiet { return &quiet{now: now, began: now()} }

// keep keeps quiet for d. If it was asked before to keep quiet for longer, that still holds.
func (q *quiet) keep(d time.Duration) {
	if d <= 0 {
		return
	}
	until := int64(q.elapsed() + min(d, maxQuiet))
	for old := q.until.Load(); old < until && !q.until.CompareAndSwap(old, until); {
		old = q.until.Load()
	}
}

func (q *quiet) left() time.Duration {
	return time.Duration(q.until.Load()) - q.elapsed()
}

func (q *quiet) elapsed() time.Duration { return q.now().Sub(q.began) }

// quietFor returns that of the mutation which mints for key: the limit of one says nothing of the other.
func (i *Issuer) quietFor(key store.Key) *quiet {
	if len(key.List()) > 1 {
		return i.quietToken
	}
	return i.quietLink
}
