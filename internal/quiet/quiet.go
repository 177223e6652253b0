// Package quiet remembers for how long Matterport has asked for no further calls.
package quiet

import (
	"sync"
	"time"
)

// A Quiet is for how long no calls are to be made with each key. It is safe for concurrent use, runs no goroutine,
// and counts for this process only.
type Quiet[K comparable] struct {
	now  func() time.Time
	most time.Duration

	began time.Time
	mu    sync.Mutex
	until map[K]time.Duration // since began
}

// New returns a Quiet with which every call may be made. It tells the time by now only. most bounds what one answer
// can ask for.
func New[K comparable](now func() time.Time, most time.Duration) *Quiet[K] {
	return &Quiet[K]{now: now, most: most, began: now(), until: make(map[K]time.Duration)}
}

// Keep keeps quiet for d. If it was asked before to keep quiet for longer, that still holds.
func (q *Quiet[K]) Keep(key K, d time.Duration) {
	if d <= 0 {
		return
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	now := q.now().Sub(q.began)
	if len(q.until)%1024 == 1023 {
		q.sweep(now)
	}
	q.until[key] = max(q.until[key], now+min(d, q.most))
}

// Left is how long no call is to be made. It is zero or less if one may be made. If the clock is set back, it is still
// no longer than the most that one answer can ask for.
func (q *Quiet[K]) Left(key K) time.Duration {
	q.mu.Lock()
	defer q.mu.Unlock()
	until, asked := q.until[key]
	if !asked {
		return 0
	}
	return min(until-q.now().Sub(q.began), q.most)
}

// sweep forgets what is over. It needs q.mu.
func (q *Quiet[K]) sweep(now time.Duration) {
	for key, until := range q.until {
		if until <= now {
			delete(q.until, key)
		}
	}
}
