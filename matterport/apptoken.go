package matterport

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"
)

// appToken is the credential of the whole account at the Model API (docs/matterport.md §1).
type appToken struct {
	value string
	from  time.Time     // local time before it was asked for
	life  time.Duration // 0 when the server did not say
}

// left is the share of its life that remains at a local moment, and how early it is to be renewed.
func (t *appToken) left(now time.Time) (left, early time.Duration) {
	return t.life - elapsed(t.from, now), min(time.Minute, t.life/10)
}

// fresh reports whether t needs no renewal yet. A token of unknown life is used until it is refused.
func (t *appToken) fresh(now time.Time) bool {
	if t == nil || t.life == 0 {
		return t != nil
	}
	left, early := t.left(now)
	return left > early
}

// usable reports whether t can still be used while another is on its way.
func (t *appToken) usable(now time.Time) bool {
	if t == nil || t.life == 0 {
		return t != nil
	}
	left, _ := t.left(now)
	return left > 0
}

// appTokens holds the current application token and gets the next, one fetch at a time however many
// ask. A fetch belongs to no caller: it goes on when the one that began it leaves, and is bounded by
// close and by its attempts: one for each client secret that it shows, which are three at most.
// Repeating a fetch that failed is up to the callers, each in its own context.
type appTokens struct {
	fetch func(context.Context) (*appToken, *Error)
	now   func() time.Time
	log   *slog.Logger

	ctx    context.Context // of every fetch; ends with close
	cancel context.CancelFunc

	flight  singleflight.Group
	mu      sync.Mutex
	current *appToken
	closed  bool
	running sync.WaitGroup
}

func newAppTokens(fetch func(context.Context) (*appToken, *Error), now func() time.Time, log *slog.Logger) *appTokens {
	t := &appTokens{fetch: fetch, now: now, log: log}
	t.ctx, t.cancel = context.WithCancel(context.Background())
	return t
}

// get returns a token that has not run out. Near its end the next one is fetched in the background
// while callers go on with the present one; without a usable one they wait for the fetch, each no
// longer than its own context.
func (t *appTokens) get(ctx context.Context, op string) (*appToken, *Error) {
	t.mu.Lock()
	current, closed := t.current, t.closed
	t.mu.Unlock()
	now := t.now()
	switch {
	case closed:
		return nil, &Error{Op: op, Err: ErrClosed}
	case current.fresh(now):
		return current, nil
	}
	renewed := t.flight.DoChan("", t.renewSafely)
	if current.usable(now) {
		return current, nil
	}
	select {
	case <-ctx.Done():
		return nil, contextError(op, ctx.Err())
	case result := <-renewed:
		if e, failed := errors.AsType[*Error](result.Err); failed {
			own := *e // the flight's result is shared, and callers add to theirs
			return nil, &own
		}
		return result.Val.(*appToken), nil
	}
}

// drop forgets a token that was refused, unless it has been replaced already.
func (t *appTokens) drop(refused *appToken) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.current == refused {
		t.current = nil
	}
}

// renewSafely is the flight. It turns a panic, as a caller's transport or logger might raise, into an error:
// inside a flight it would end the process. The panic's value is not printed, as it could contain a secret.
func (t *appTokens) renewSafely() (next any, err error) {
	defer func() {
		if value := recover(); value != nil {
			next, err = nil, &Error{Op: opAppToken, Message: fmt.Sprintf("panic with a %T", value), Err: ErrUnavailable}
		}
	}()
	return t.renew()
}

func (t *appTokens) renew() (any, error) {
	t.mu.Lock()
	current, closed := t.current, t.closed
	if !closed {
		t.running.Add(1)
		defer t.running.Done()
	}
	t.mu.Unlock()
	switch {
	case closed:
		return nil, &Error{Op: opAppToken, Err: ErrClosed}
	case current.fresh(t.now()): // an earlier renewal has finished since the caller checked
		return current, nil
	}
	next, e := t.fetch(t.ctx)
	if e != nil && t.ctx.Err() != nil {
		e = &Error{Op: opAppToken, Err: ErrClosed}
	}
	if e != nil {
		level := slog.LevelDebug // those that wait for it get the error
		if current.usable(t.now()) {
			level = slog.LevelWarn
		}
		t.log.LogAttrs(t.ctx, level, "matterport application token was not renewed", slog.Any("error", e))
		return nil, e
	}
	t.log.LogAttrs(t.ctx, slog.LevelInfo, "matterport application token renewed", slog.String("life", next.life.String()))
	t.mu.Lock()
	defer t.mu.Unlock()
	t.current = next
	return next, nil
}

// close ends the running fetch, waits for it, and lets none begin.
func (t *appTokens) close() {
	t.mu.Lock()
	t.closed = true
	t.cancel()
	t.mu.Unlock()
	t.running.Wait()
}
