package matterport

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"math/big"
	"net/http"
	"time"
)

const (
	backoffBase = 200 * time.Millisecond
	backoffCap  = 2 * time.Second

	// patience is the longest Retry-After that is sat out, however much time the caller has.
	patience = time.Minute
)

// retry makes an attempt, and repeats it while it fails in a way that may be repeated, there are
// attempts left, and the caller's context leaves time for the wait. The caller gets the final failure and is to log it,
// so that one failure is one record above debug level. A failure that a repeat has made good is known here only.
func (u *upstream) retry(ctx context.Context, op string, repeatable func(*Error) bool, attempt func() *Error) error {
	var last *Error
	for n := 1; ; n++ {
		e := attempt()
		if e == nil {
			u.health.note(op, nil)
			u.recovered(ctx, op, n, last)
			return nil
		}
		last = e
		if n == u.maxAttempts || !repeatable(e) || ctx.Err() != nil {
			return u.failed(ctx, op, n, e)
		}
		wait := max(backoff(n), e.RetryAfter)
		if !timeFor(ctx, wait) {
			e.RetryAfter = wait
			return u.failed(ctx, op, n, e)
		}
		u.log.LogAttrs(ctx, slog.LevelDebug, "matterport call is repeated",
			slog.String("op", op), slog.Int("attempt", n), slog.String("wait", wait.String()), slog.Any("error", e))
		if !sleep(ctx, wait) {
			return u.failed(ctx, op, n, contextError(op, ctx.Err()))
		}
	}
}

// recovered logs a call that went well after it had failed.
func (u *upstream) recovered(ctx context.Context, op string, attempts int, last *Error) {
	if last != nil {
		u.log.LogAttrs(ctx, slog.LevelWarn, "matterport call had to be repeated",
			slog.String("op", op), slog.Int("attempts", attempts), slog.Any("error", last))
	}
}

// failed notes and logs the end of a call that came to nothing, and returns its error.
func (u *upstream) failed(ctx context.Context, op string, attempts int, e *Error) error {
	u.health.note(op, e)
	u.log.LogAttrs(ctx, slog.LevelDebug, "matterport call failed",
		slog.String("op", e.Op), slog.Int("attempts", attempts), slog.Any("error", e))
	return e
}

// passing reports whether the same request may succeed a moment later.
func passing(e *Error) bool {
	return errors.Is(e, ErrUnavailable) || errors.Is(e, ErrRateLimited)
}

// repeatable reports whether a call in the name of an account that failed may be made again: not one that was refused
// here because Matterport has asked for no calls. The caller that got that answer waits; the others get an error.
func repeatable(e *Error) bool { return passing(e) && !errors.Is(e, errQuiet) }

// settled reports whether a request has failed for a temporary reason and is certainly finished. A request that
// timed out, here or at a gateway, may still be running.
func settled(e *Error) bool {
	return repeatable(e) && !errors.Is(e, errSilent) && e.Status != http.StatusGatewayTimeout
}

// unsent reports whether a request can be repeated that must not arrive twice.
func unsent(e *Error) bool { return errors.Is(e, errNotConnected) }

// refused reports whether a request was certainly not carried out, and may succeed a moment later.
func refused(e *Error) bool {
	return unsent(e) || errors.Is(e, ErrRateLimited) || e.Op == opAppToken && passing(e)
}

// backoff is the wait after the n-th attempt: anything up to a ceiling that doubles each time. The full
// range keeps callers that failed together from coming back together.
func backoff(n int) time.Duration {
	ceiling := backoffBase << min(n-1, 10)
	ceiling = min(ceiling, backoffCap)
	wait, err := rand.Int(rand.Reader, big.NewInt(int64(ceiling)+1))
	if err != nil {
		return ceiling
	}
	return time.Duration(wait.Int64())
}

// timeFor reports whether ctx will outlast the wait.
func timeFor(ctx context.Context, wait time.Duration) bool {
	if wait > patience {
		return false
	}
	deadline, limited := ctx.Deadline()
	return !limited || time.Until(deadline) > wait
}

// sleep waits, and reports false if ctx ended first.
func sleep(ctx context.Context, wait time.Duration) bool {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
