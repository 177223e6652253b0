package store

import (
	"context"
	"errors"
	"time"
)

// ErrPending means that a revocation holds in this process, and that the other replicas learn of it once the store that they
// share answers again. If this process ends before, it is lost.
var ErrPending = errors.New("store: it is revoked here, and not yet on the other replicas: their store does not answer")

// A Notifier is a [Store] that replicas share and that tells each of them what any of them evicts. The issuer then tells
// the pages which watch their user's access.
type Notifier interface {
	// OnEvict has f called with the Selector of each Evict, of this replica and of others, before that Evict returns. The
	// zero Selector means that evictions may have been missed: any token may be revoked. f is quick, and may be
	// called several times at once. Call stop when f is not needed any more.
	OnEvict(f func(Selector)) (stop func())
}

// An Awaiter is a [Store] that knows when another replica has finished a mint. Without it, whoever waits for one asks
// again and again.
type Awaiter interface {
	// Await returns a channel that is closed soon after an entry was put under key, or a claim of key released. It is
	// a hint, which can be missed. Call leave when the channel is not needed any more.
	Await(key Key) (put <-chan struct{}, leave func())
}

// A Deleter is a [Store] that remembers which evicted entries still have to be deleted at Matterport, so that another replica
// deletes those of one that has ended.
type Deleter interface {
	// Deleted notes that evicted entries need no deletion any more: Matterport has confirmed it, or they have expired. An
	// entry that was not evicted is no error.
	Deleted(ctx context.Context, entries ...*Entry) error

	// OnOrphaned has f called with evicted entries that the replica which evicted them does not delete any more. The caller
	// deletes them and calls Deleted. f is quick. Call stop when f is not needed any more.
	OnOrphaned(f func([]*Entry)) (stop func())
}

// A Limiter is a [Store] that bounds at times how long a new token lives, such as while it cannot reach the other replicas.
type Limiter interface {
	// LifeLimit returns the longest life of a new token at such times, and whether this is one.
	LifeLimit() (most time.Duration, now bool)
}

// A Hinter is a [Store] that carries hints between the replicas. The issuer tells by them for how long Matterport asks for no
// calls, and package pme which user's connected accounts have changed. Without it, each replica finds out for itself.
type Hinter interface {
	// Hint sends a short text to the functions of the topic on all replicas. It does not wait. Hints can be lost, so nothing may
	// depend on them. They must not be readable or made up by others.
	Hint(topic, text string)

	// OnHint has f called with the texts of a topic. f is quick. Call stop when f is not needed any more.
	OnHint(topic string, f func(text string)) (stop func())
}

// A Spender is a [Store] that counts for all replicas how often someone causes a call elsewhere. The issuer's limit on mints then
// holds in the whole fleet. Without it, each replica counts for itself, as it does while Spend fails.
type Spender interface {
	// Spend takes one from what is left under name, and returns zero. If nothing is left, it takes nothing and returns how long
	// it takes until there is. There can be burst left, which is what there is at first, and one more comes each every. A name is
	// any text, and always comes with the same burst and every. A repeated Spend takes again.
	Spend(ctx context.Context, name string, burst int, every time.Duration) (wait time.Duration, err error)
}
