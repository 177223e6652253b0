package issuer

import (
	"context"
	"errors"
	"log/slog"

	"github.com/go-pme/pme/issuer/store"
)

// One failure is one event. A mint reports its own failure, since its callers may have left by then. But while a
// stored token is usable, the caller gets that one: the mint then emits no event, and the caller reports the reuse.

type quietKey struct{}

// quietly returns a context in which no event is emitted for denied or withheld tokens.
func quietly(ctx context.Context) context.Context { return context.WithValue(ctx, quietKey{}, true) }

func isQuiet(ctx context.Context) bool { return ctx.Value(quietKey{}) != nil }

// unreported is the error of a mint that emitted no event.
type unreported struct{ error }

func (u unreported) Unwrap() error { return u.error }

// isReported reports whether err is an error for which an event was emitted.
func isReported(err error) bool {
	var silent unreported
	return err != nil && !errors.As(err, &silent)
}

// report emits the event of a mint's error, unless it was emitted before, for a user who gets no token because
// of it. It returns err.
func (i *Issuer) report(ctx context.Context, key store.Key, err error) error {
	if isReported(err) || errors.Is(err, ErrDenied) {
		return err
	}
	reason := reasonNoMint
	if errors.Is(err, ErrRateLimited) {
		reason = reasonLimit
	}
	i.withheld(ctx, slog.LevelWarn, key, reason, err)
	return err
}
