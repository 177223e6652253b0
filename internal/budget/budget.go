// Package budget limits how often each user may cause work elsewhere.
package budget

import (
	"sync"
	"time"

	"github.com/patrickmn/go-cache"
	"golang.org/x/time/rate"
)

// A Budget lets each user spend Burst times at once, and once more each Every. It is safe for concurrent
// use, runs no goroutine, and counts for this process only.
type Budget struct {
	Burst int
	Every time.Duration

	mu    sync.Mutex
	users *cache.Cache // of *rate.Limiter; one that has not been used until it is full again is dropped
}

// New returns a budget that nobody has spent anything of.
func New(burst int, every time.Duration) *Budget {
	return &Budget{Burst: burst, Every: every, users: cache.New(time.Duration(burst+1)*every, 0)}
}

// Spend takes one from what the user has left. Where nothing is left it takes nothing, and returns how
// long it takes until there is; otherwise it returns zero.
func (b *Budget) Spend(user string) (wait time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	v, ok := b.users.Get(user)
	if !ok {
		if b.users.ItemCount()%1024 == 1023 {
			b.users.DeleteExpired()
		}
		v = rate.NewLimiter(rate.Every(b.Every), b.Burst)
	}
	b.users.SetDefault(user, v)
	spent := v.(*rate.Limiter).Reserve()
	if wait = spent.Delay(); wait > 0 {
		spent.Cancel()
	}
	return wait
}
