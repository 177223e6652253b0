// Package flight runs one call for all who want the same thing at once, and work beside its callers, on its
// own time. A caller who leaves neither cancels it nor waits for it, a panic in it is logged and ends no other
// work, and nothing outlives Close. Drain comes before Close where work that has begun should end by itself.
package flight

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/go-pme/pme/internal/rescue"
)

// ErrClosed means that the group is closed and runs nothing.
var ErrClosed = errors.New("closed")

// A Group is a set of calls under way. It is safe for concurrent use.
type Group struct {
	log     *slog.Logger
	calls   singleflight.Group
	life    context.Context
	end     context.CancelFunc
	closing chan struct{} // closed when nothing new is accepted

	mu     sync.Mutex // keeps work from growing once closed is set
	closed bool
	work   sync.WaitGroup
}

// New returns a group that runs calls until it is closed. It logs where one panics.
func New(log *slog.Logger) *Group {
	g := &Group{log: log, closing: make(chan struct{})}
	g.life, g.end = context.WithCancel(context.Background())
	return g
}

// Do joins the call for key that is in progress, or starts f as one, with timeout to finish in. The error of f
// arrives in the channel, which need not be read. If f panics, the error is [rescue.ErrPanicked], and the log has
// the stack, once for all callers.
func (g *Group) Do(key string, timeout time.Duration, f func(context.Context) error) <-chan singleflight.Result {
	return g.Ask(key, timeout, func(ctx context.Context) (any, error) { return nil, f(ctx) })
}

// Ask is Do for a call with a value, which all callers share: it must not be changed.
func (g *Group) Ask(key string, timeout time.Duration, f func(context.Context) (any, error)) <-chan singleflight.Result {
	return g.calls.DoChan(key, func() (value any, err error) {
		if !g.enter() {
			return nil, ErrClosed
		}
		defer g.work.Done()
		ctx, cancel := context.WithTimeout(g.life, timeout)
		defer cancel()
		// Inside the call: singleflight would panic again in a goroutine of its own, where no caller can recover.
		defer rescue.Into(g.log, "a call in flight", &err)
		return f(ctx)
	})
}

// Wait waits for a call to finish and returns its error, with done being true. If ctx or patience ends first, Wait
// returns with done being false and the call goes on. The error is then that of ctx, or nil if patience has ended.
// Zero patience means no limit.
func Wait(ctx context.Context, finished <-chan singleflight.Result, patience time.Duration) (done bool, err error) {
	var enough <-chan time.Time
	if patience > 0 {
		timer := time.NewTimer(patience)
		defer timer.Stop()
		enough = timer.C
	}
	select {
	case result := <-finished:
		return true, result.Err
	case <-enough:
		return false, nil
	case <-ctx.Done():
		return false, ctx.Err()
	}
}

// Go runs f beside the caller, with a context that ends when the group is closed, and reports whether
// it does: a closed group runs nothing. If f panics, the rest of its work is not done: where that must not be,
// f recovers itself.
func (g *Group) Go(f func(context.Context)) bool {
	if !g.enter() {
		return false
	}
	go func() {
		defer g.work.Done()
		rescue.Call(g.log, "background work", func() { f(g.life) })
	}()
	return true
}

// Closed reports whether Drain or Close has been called.
func (g *Group) Closed() bool {
	select {
	case <-g.closing:
		return true
	default:
		return false
	}
}

// Closing is closed when Drain or Close is called. What should not run until the end of the group's context looks
// at it.
func (g *Group) Closing() <-chan struct{} { return g.closing }

// Drain accepts nothing new, and waits until all that is running has ended by itself. If ctx ends first, it
// returns the error of ctx, and the rest goes on until Close. It can be called more than once.
func (g *Group) Drain(ctx context.Context) error {
	g.refuse()
	idle := make(chan struct{})
	go func() {
		g.work.Wait()
		close(idle)
	}()
	select {
	case <-idle:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Close ends the context of all that is running, and waits for it. Closing twice is no error.
func (g *Group) Close() {
	g.refuse()
	g.end()
	g.work.Wait()
}

// refuse accepts nothing new.
func (g *Group) refuse() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.closed {
		close(g.closing)
	}
	g.closed = true
}

func (g *Group) enter() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.closed {
		g.work.Add(1)
	}
	return !g.closed
}
