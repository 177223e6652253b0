package issuer

import (
	"fmt"
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

// maxQuiet bounds what one answer of Matterport can ask for by a Retry-After.
const maxQuiet = time.Minute

// mutation is the mutation that mints for key. The limit of one says nothing of the other.
type mutation int

const (
	oneModel      mutation = iota // createPrivateModelEmbedLink
	severalModels                 // createPrivateModelEmbedToken
)

func mutationOf(key store.Key) mutation {
	if len(key.List()) > 1 {
		return severalModels
	}
	return oneModel
}
