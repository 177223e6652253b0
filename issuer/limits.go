package issuer

import (
	"context"
	"fmt"
	"time"

	"github.com/patrickmn/go-cache"

	"github.com/go-pme/pme/internal/budget"
	"github.com/go-pme/pme/internal/rescue"
	"github.com/go-pme/pme/issuer/store"
)

// spend takes one call to Matterport from the user's rate limit: that of this process, and then that of all replicas, if the
// store has one. So a user who is over the limit costs no round trip. If the store fails, this process counts alone: no one
// goes without a token because a limit cannot be looked up.
func (i *Issuer) spend(ctx context.Context, user string) error {
	wait := i.budget.Spend(user)
	if shared, ok := i.cfg.Store.(store.Spender); ok && wait == 0 {
		wait = i.spendShared(ctx, shared, user)
	}
	if wait > 0 {
		return &Error{
			Kind:       ErrRateLimited,
			RetryAfter: wait,
			Err:        fmt.Errorf("more than %d new tokens at once, or one each %v", i.budget.Burst, i.budget.Every),
		}
	}
	return nil
}

// spendShared returns zero if the store fails. The claim that comes next fails too then, and reports it.
func (i *Issuer) spendShared(ctx context.Context, s store.Spender, user string) (wait time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, spendTime)
	defer cancel()
	err := func() (err error) {
		defer rescue.Into(i.log, theStore, &err)
		wait, err = s.Spend(ctx, "mint "+user, i.budget.Burst, i.budget.Every)
		return err
	}()
	if err != nil {
		return 0
	}
	return wait
}

// spendTime bounds how long a mint waits for the limit that replicas share.
const spendTime = time.Second

// newLimited returns what says which refusals because of a limit have an event.
func newLimited() *budget.Digest { return budget.NewDigest(1, time.Minute, time.Now) }

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
