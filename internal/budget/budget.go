// Package budget limits how often each user may cause work elsewhere, and how often a refusal is told. A user is whoever a
// limit is about: a person, or the address of a client.
package budget

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// A Budget lets each user spend Burst times at once, and once more each Every. It remembers at most [Most] users. It is safe
// for concurrent use, runs no goroutine, and counts for this process only.
type Budget struct {
	Burst int
	Every time.Duration

	now   func() time.Time
	mu    sync.Mutex
	users table[rate.Limiter]
}

// New returns a budget of which nothing is spent. It tells the time by now only.
func New(burst int, every time.Duration, now func() time.Time) *Budget {
	return &Budget{Burst: burst, Every: every, now: now, users: newTable[rate.Limiter]()}
}

// Spend takes one from what the user has left, and returns zero. If nothing is left, it takes nothing and
// returns how long the user has to wait.
func (b *Budget) Spend(user string) (wait time.Duration) { return b.SpendN(user, 1) }

// SpendN is Spend for n at once: all of them, or none. With n beyond Burst, the user would wait forever.
func (b *Budget) SpendN(user string, n int) (wait time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	spent := b.users.get(user, b.full).ReserveN(now, n)
	if wait = spent.DelayFrom(now); wait > 0 {
		spent.CancelAt(now)
	}
	return wait
}

// Wait returns what Spend would, and takes nothing. It remembers no user that it does not know.
func (b *Budget) Wait(user string) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	left := b.users.find(user)
	if left == nil {
		return 0
	}
	if missing := 1 - left.TokensAt(b.now()); missing > 0 {
		return time.Duration(missing * float64(b.Every))
	}
	return 0
}

// Empty takes all that the user has left, as when another process says that it is spent there.
func (b *Budget) Empty(user string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now, left := b.now(), b.users.get(user, b.full)
	left.ReserveN(now, max(0, int(left.TokensAt(now))))
}

func (b *Budget) full() *rate.Limiter { return rate.NewLimiter(rate.Every(b.Every), b.Burst) }
