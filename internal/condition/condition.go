// Package condition remembers how the last call of a dependency went, for package health. A probe then calls
// nothing, and a request that goes well costs an atomic load.
package condition

import (
	"context"
	"errors"
	"sync/atomic"

	"github.com/go-pme/pme/health"
)

// A Condition is what was last seen of a dependency. The zero value is well: nothing has been seen yet.
type Condition struct {
	trouble atomic.Pointer[health.Degraded]
}

// Well notes that a call went well.
func (c *Condition) Well() {
	// A swap, so that a failure in the meantime is not forgotten.
	if trouble := c.trouble.Load(); trouble != nil {
		c.trouble.CompareAndSwap(trouble, nil)
	}
}

// Degraded notes that a call failed, in words for anyone.
func (c *Condition) Degraded(words health.Degraded) { c.trouble.Store(&words) }

// Note is Well without an error and Degraded with one. ctx is that of the call: if its caller has left, an
// error says nothing about what was called.
func (c *Condition) Note(ctx context.Context, err error, words health.Degraded) {
	if err == nil { // apart from the rest, so that the compiler can inline it
		c.Well()
		return
	}
	c.failed(ctx, err, words)
}

func (c *Condition) failed(ctx context.Context, err error, words health.Degraded) {
	if !errors.Is(err, context.Canceled) && !errors.Is(ctx.Err(), context.Canceled) {
		c.Degraded(words)
	}
}

// Check is that of a [health.Part].
func (c *Condition) Check(context.Context) error {
	if trouble := c.trouble.Load(); trouble != nil {
		return *trouble
	}
	return nil
}

// Part returns a part that is in this condition.
func (c *Condition) Part(name string) health.Part { return health.Part{Name: name, Check: c.Check} }
