package event

import "context"

// A Cause says why something is done, for the events of what follows from it, such as [TokensRevoked].
type Cause struct {
	By     string // who does it, if that is not the user it happens to
	Reason string // a word, such as "logout"
}

type causeKey struct{}

// WithCause returns a copy of ctx with a cause in it. If ctx has one already, that stays: the first cause counts.
func WithCause(ctx context.Context, c Cause) context.Context {
	if CauseOf(ctx) != (Cause{}) {
		return ctx
	}
	return context.WithValue(ctx, causeKey{}, c)
}

// CauseOf returns the cause in ctx, or the zero Cause.
func CauseOf(ctx context.Context) Cause {
	c, _ := ctx.Value(causeKey{}).(Cause)
	return c
}
