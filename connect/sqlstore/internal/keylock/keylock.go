// Package keylock is a mutex for every key, whose waiters leave when their context ends.
package keylock

import (
	"context"
	"sync"
)

// Locks has one lock for each key. The zero value is ready for use. A key that no caller holds or waits for
// takes no memory. Locks is safe for concurrent use and must not be copied.
type Locks[K comparable] struct {
	mu    sync.Mutex
	locks map[K]*lock
}

type lock struct {
	held  chan struct{} // full while the lock is held
	users int           // callers that hold it or wait for it; guarded by Locks.mu
}

// Lock waits for the lock of key, in the order of the calls, and returns the function that gives it
// back, which is to be called once. If ctx ends first, it returns the error of that.
func (l *Locks[K]) Lock(ctx context.Context, key K) (unlock func(), err error) {
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	k := l.join(key)
	select {
	case k.held <- struct{}{}:
		return func() { <-k.held; l.leave(key, k) }, nil
	case <-ctx.Done():
		l.leave(key, k)
		return nil, ctx.Err()
	}
}

func (l *Locks[K]) join(key K) *lock {
	l.mu.Lock()
	defer l.mu.Unlock()
	k := l.locks[key]
	if k == nil {
		k = &lock{held: make(chan struct{}, 1)}
		if l.locks == nil {
			l.locks = make(map[K]*lock)
		}
		l.locks[key] = k
	}
	k.users++
	return k
}

func (l *Locks[K]) leave(key K, k *lock) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if k.users--; k.users == 0 {
		delete(l.locks, key)
	}
}
