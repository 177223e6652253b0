package health

import (
	"context"
	"errors"
	"sync/atomic"
)

// The states of a part whose check does not return a [Degraded].
const (
	failing  = Degraded("the check fails")
	crashed  = Degraded("the check has crashed")
	silent   = Degraded("the check does not answer")
	noChecks = Degraded("there is no check")
)

// A check is the check of a part, which runs once at a time.
type check struct {
	Part
	running atomic.Bool
}

// begin starts the check and returns where its result will be: nothing if the part is well.
func (c *check) begin(ctx context.Context) <-chan Degraded {
	result := make(chan Degraded, 1)
	switch {
	case c.Check == nil:
		result <- noChecks
	case !c.running.CompareAndSwap(false, true):
		result <- silent // the call before is still running
	default:
		go c.run(ctx, result)
	}
	return result
}

// run has a result whatever Check does: return, panic or end the goroutine.
func (c *check) run(ctx context.Context, result chan<- Degraded) {
	words := crashed
	defer func() {
		_ = recover() // what it panics with may be secret
		c.running.Store(false)
		result <- words
	}()
	words = describe(ctx, c.Check(ctx))
}

// describe returns what may be shown of the error of a check.
func describe(ctx context.Context, err error) Degraded {
	var words Degraded
	switch {
	case err == nil:
		return ""
	case errors.As(err, &words):
		return words.shown()
	case ctx.Err() != nil:
		return silent
	}
	return failing
}

// wait returns the result of a check that has begun, or that it does not answer in time.
func wait(ctx context.Context, result <-chan Degraded) Degraded {
	select {
	case words := <-result:
		return words
	case <-ctx.Done():
	}
	select {
	case words := <-result: // it was there while another check was waited for
		return words
	default:
		return silent
	}
}
