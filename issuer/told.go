package issuer

import (
	"context"
	"errors"
	"log/slog"

	"github.com/go-pme/pme/issuer/store"
)

// One failure is one event. A mint tells of its own failure, for all who wait for it, as they may have left by then.
// But while a stored token can be served, no one goes without: the mint is quiet, and who is served tells of that.

type quietKey struct{}

// quietly returns a context in which nothing is told of tokens that are denied or withheld.
func quietly(ctx context.Context) context.Context { return context.WithValue(ctx, quietKey{}, true) }

func isQuiet(ctx context.Context) bool { return ctx.Value(quietKey{}) != nil }

// untold is the error of a mint that has told of nothing.
type untold struct{ error }

func (u untold) Unwrap() error { return u.error }

// isTold reports whether err is one that an event has told of.
func isTold(err error) bool {
	var silent untold
	return err != nil && !errors.As(err, &silent)
}

// tell tells of the error of a mint, if nothing has, for a user who gets no token because of it. It returns err.
func (i *Issuer) tell(ctx context.Context, key store.Key, err error) error {
	if isTold(err) || errors.Is(err, ErrDenied) {
		return err
	}
	reason := reasonNoMint
	if errors.Is(err, ErrRateLimited) {
		reason = reasonLimit
	}
	i.withheld(ctx, slog.LevelWarn, key, reason, err)
	return err
}
