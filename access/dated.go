package access

import (
	"context"
	"time"

	"github.com/go-pme/pme/identity"
)

// A DatedPolicy is a [Policy] whose grants can begin and end by themselves. What a [List] is compiled to, a [*File] and a
// [FuncUntil] are DatedPolicies. Package issuer asks AllowedAt instead of Allowed, by the clock of Matterport, as tokens
// expire by it.
type DatedPolicy interface {
	// AllowedAt answers like Allowed, for the time now. If it allows, until is the first instant after now at which it would
	// no longer allow, as far as the policy knows now, or zero if there is none.
	AllowedAt(ctx context.Context, u *identity.User, model string, now time.Time) (allowed bool, until time.Time, err error)

	// NextChange returns the first instant after now at which an answer changes because of a date, or zero if there is
	// none or the policy does not know.
	NextChange(now time.Time) time.Time
}

// asked is the key of a question's time in its context.
type asked struct{}

// WithTime returns a copy of ctx for questions about another time than now, such as a date to come. The policies of this
// package judge dates by it in every method that takes a context. AllowedAt ignores it.
func WithTime(ctx context.Context, t time.Time) context.Context {
	return context.WithValue(ctx, asked{}, t)
}

// clock is what policies judge dates by, unless the question is about another time.
var clock = time.Now

// timeOf returns the time that a question is about.
func timeOf(ctx context.Context) time.Time {
	if t, ok := ctx.Value(asked{}).(time.Time); ok {
		return t
	}
	return clock()
}
