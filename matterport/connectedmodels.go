package matterport

import (
	"context"
	"crypto/sha256"
)

// Models returns a page of the models of a connected account, as [Client.Models] does for the
// application's own. access is a current access token of the account.
//
// [ErrTokenRefused] means that Matterport does not take the token: it has ended, or the owner has
// withdrawn it. Which of the two, [OAuthApp.Refresh] tells.
//
// If an answer asks for a wait, by Retry-After, no call with the same token is made before that is over, up to ten
// minutes: other calls are [ErrRateLimited] at once, with [Error.RetryAfter].
func (a *OAuthApp) Models(ctx context.Context, access Secret, q ModelQuery) (*ModelPage, error) {
	return a.api.models(ctx, a.as(access), q)
}

// Model returns one model of a connected account, as [Client.Model] does for the application's own.
// For access and [ErrTokenRefused] see [OAuthApp.Models].
func (a *OAuthApp) Model(ctx context.Context, access Secret, id string) (*Model, error) {
	return a.api.model(ctx, a.as(access), id)
}

// as calls the Model API in the name of the account that an access token is for.
func (a *OAuthApp) as(access Secret) caller {
	return func(ctx context.Context, op operation, vars variables, read reader) error {
		if !wellFormedToken(string(access)) {
			return invalid(op.name, "no usable access token was given")
		}
		account := sha256.Sum256([]byte(access))
		return a.api.retry(ctx, op.name, repeatable, func() *Error {
			if a.closed.Load() {
				return &Error{Op: op.name, Err: ErrClosed}
			}
			if left := a.quietCalls.Left(account); left > 0 {
				return askedForQuiet(op.name, left)
			}
			e := a.api.send(ctx, op, string(access), vars, read)
			if e != nil {
				a.quietCalls.Keep(account, e.RetryAfter)
			}
			return e
		})
	}
}
