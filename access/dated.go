package access

import (
	"context"
	"time"

	"github.com/go-pme/pme/identity"
)

// A DatedPolicy is a [Policy] whose grants can begin and end by themselves. What a [List] is compiled to, a [*File] and a
// [FuncUntil] are DatedPolicies. Package issuer asks by the clock of Matterport, as tokens expire by it.
//
// Call the function [AllowedAt], which takes any Policy.
type DatedPolicy interface {
	// AllowedAt answers like Allowed, for the time that now returns. It calls now only if a date matters. If it allows, until is
	// the first instant after now at which it would no longer allow, as far as the policy knows now, or zero if there is none.
	AllowedAt(ctx context.Context, u *identity.User, model string, now func() time.Time) (allowed bool, until time.Time, err error)

	// Dated reports whether policy is the DatedPolicy itself. So a type that embeds a [*File] and has an Allowed of its own
	// is not asked by the file's AllowedAt: its grants have no known end unless it has these methods too.
	Dated(policy Policy) bool

	// NextChange returns the first instant after now at which an answer changes because of a date, or zero if there is
	// none or the policy does not know.
	NextChange(now time.Time) time.Time
}

// AllowedAt asks a policy whether it allows at the time that now returns, and until when. A policy that is no [DatedPolicy] is asked
// Allowed, and its grants have no known end. If there is an error, the caller must refuse.
func AllowedAt(ctx context.Context, policy Policy, u *identity.User, model string, now func() time.Time) (allowed bool, until time.Time, err error) {
	dated, ok := policy.(DatedPolicy)
	switch {
	case ok && dated.Dated(policy):
		return dated.AllowedAt(ctx, u, model, now) //nolint:wrapcheck // the policy's own error
	case ok: // it embeds a DatedPolicy, and asks it with this context
		ctx = WithTime(ctx, now())
	}
	allowed, err = policy.Allowed(ctx, u, model)
	return allowed, time.Time{}, err //nolint:wrapcheck // the policy's own error
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
