package budget

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// A Digest says which refusals of a flood are worth a record: the first ones of each user, and then one from time to time, with
// the number of those that had none. It is bounded and safe for concurrent use as a [Budget] is.
type Digest struct {
	burst int
	every time.Duration

	now   func() time.Time
	mu    sync.Mutex
	users table[digested]
}

type digested struct {
	*rate.Limiter
	missed int // since the last record
}

// NewDigest returns a Digest for burst records at once, and one more each every.
func NewDigest(burst int, every time.Duration, now func() time.Time) *Digest {
	return &Digest{burst: burst, every: every, now: now, users: newTable[digested]()}
}

// Note takes in a refusal of the user. It returns how many refusals a record should speak of, this one included, or zero if
// there should be no record now. Refusals at the end of a flood have no record if none follows.
func (d *Digest) Note(user string) (count int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	u := d.users.get(user, func() *digested {
		return &digested{Limiter: rate.NewLimiter(rate.Every(d.every), d.burst)}
	})
	u.missed++
	if !u.AllowN(d.now(), 1) {
		return 0
	}
	count, u.missed = u.missed, 0
	return count
}
