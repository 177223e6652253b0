// Package budget limits how often each user may cause work elsewhere.
package budget

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// A Budget lets each user spend Burst times at once, and once more each Every. It is safe for concurrent
// use, runs no goroutine, and counts for this process only.
type Budget struct {
	Burst int
	Every time.Duration

	now   func() time.Time
	mu    sync.Mutex
	users map[string]*account
}

// account is what one user has spent.
type account struct {
	*rate.Limiter
	full time.Time // when the budget is full again, unless the user spends more
}

// New returns a budget of which nothing is spent. It tells the time by now only.
func New(burst int, every time.Duration, now func() time.Time) *Budget {
	return &Budget{Burst: burst, Every: every, now: now, users: make(map[string]*account)}
}

// Spend takes one from what the user has left, and returns zero. If nothing is left, it takes nothing and
// returns how long the user has to wait.
func (b *Budget) Spend(user string) (wait time.Duration) { return b.SpendN(user, 1) }

// SpendN is Spend for n at once: all of them, or none. With n beyond Burst, the user would wait forever.
func (b *Budget) SpendN(user string, n int) (wait time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	a := b.account(user, now)
	a.full = now.Add(time.Duration(b.Burst+1) * b.Every)
	spent := a.ReserveN(now, n)
	if wait = spent.DelayFrom(now); wait > 0 {
		spent.CancelAt(now)
	}
	return wait
}

// account returns the user's account, which it opens if there is none. It needs b.mu.
func (b *Budget) account(user string, now time.Time) *account {
	a := b.users[user]
	if a == nil {
		if len(b.users)%1024 == 1023 {
			b.sweep(now)
		}
		a = &account{Limiter: rate.NewLimiter(rate.Every(b.Every), b.Burst)}
		b.users[user] = a
	}
	return a
}

// sweep closes the accounts that are as good as new. It needs b.mu.
func (b *Budget) sweep(now time.Time) {
	for user, a := range b.users {
		if !now.Before(a.full) {
			delete(b.users, user)
		}
	}
}
