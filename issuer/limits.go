package issuer

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/patrickmn/go-cache"
	"golang.org/x/time/rate"
)

// budget limits how often each user may cause a call to Matterport.
type budget struct {
	burst int
	every time.Duration
	now   func() time.Time
	mu    *sync.Mutex
	users *cache.Cache // of *rate.Limiter; one that has not been used until it is full again is dropped
}

func newBudget(burst int, every time.Duration) budget {
	return budget{
		burst: burst,
		every: every,
		now:   time.Now,
		mu:    new(sync.Mutex),
		users: cache.New(time.Duration(burst+1)*every, 0),
	}
}

func (b budget) spend(user string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	v, ok := b.users.Get(user)
	if !ok {
		if b.users.ItemCount()%1024 == 1023 {
			b.users.DeleteExpired()
		}
		v = rate.NewLimiter(rate.Every(b.every), b.burst)
	}
	b.users.SetDefault(user, v)
	now := b.now()
	spent := v.(*rate.Limiter).ReserveN(now, 1)
	if wait := spent.DelayFrom(now); wait > 0 {
		spent.CancelAt(now)
		return &Error{
			Kind:       ErrRateLimited,
			RetryAfter: wait,
			Err:        fmt.Errorf("more than %d new tokens at once, or one each %v", b.burst, b.every),
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
