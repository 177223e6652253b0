//go:build unix

package redistest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"
)

const (
	limit = 30 * time.Second // for everything that is waited for
	pause = 5 * time.Millisecond
)

// await calls check until it succeeds. A test that waits for too long fails with the last error.
func await(tb testing.TB, what string, check func(ctx context.Context) error) {
	tb.Helper()
	if err := poll(tb.Context(), check); err != nil {
		tb.Fatalf("redistest: %s: %v", what, err)
	}
}

// poll calls check until it succeeds, and returns its last error after the limit.
func poll(ctx context.Context, check func(ctx context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	tick := time.NewTicker(pause)
	defer tick.Stop()
	var last error
	for {
		err := check(ctx)
		if err == nil {
			return nil
		}
		if last == nil || ctx.Err() == nil { // an interrupted look says nothing
			last = err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			if cause := context.Cause(ctx); !errors.Is(last, cause) {
				last = fmt.Errorf("%w: %w", cause, last)
			}
			return last
		}
	}
}
