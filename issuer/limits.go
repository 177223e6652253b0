package issuer

import (
	"fmt"
	"time"

	"github.com/patrickmn/go-cache"
)

// spend takes one call to Matterport from the user's rate limit.
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

// gone remembers for a short time which sets of models Matterport did not find, so that repeated requests for
// them make no calls to Matterport.
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
