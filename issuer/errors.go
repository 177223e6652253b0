package issuer

import (
	"errors"
	"time"

	"github.com/go-pme/pme/matterport"
)

// The errors of [Issuer.Issue]. Test for them with [errors.Is]. The only other error that Issue returns is that
// of the caller's context.
var (
	// ErrNotSignedIn means that the user is nil or has no ID.
	ErrNotSignedIn = errors.New("issuer: no user is signed in")

	// ErrInvalid means that the request names no models, too many, or a malformed model ID.
	ErrInvalid = errors.New("issuer: the request names no valid set of models")

	// ErrDenied means that the policy does not let the user see every model asked for. It is the same
	// for a model that does not exist.
	ErrDenied = errors.New("issuer: the policy does not allow this")

	// ErrNotFound means that the policy allows the model, but Matterport does not have it, or does
	// not give this account access to it: the API does not tell the two apart.
	ErrNotFound = errors.New("issuer: the model is gone at Matterport")

	// ErrRateLimited means that this user asks for new tokens too often, or holds too many.
	ErrRateLimited = errors.New("issuer: too many tokens for one user")

	// ErrUnavailable means that no token can be issued at the moment: Matterport, the store or the policy
	// fails, or the token was revoked while it was being issued. The caller can retry later.
	ErrUnavailable = errors.New("issuer: temporarily unavailable")

	// ErrEnding is the cause of an ErrUnavailable at the end of a grant: no token is minted any more, but a tour may be running
	// with the last one until RetryAfter is over.
	ErrEnding = errors.New("issuer: the grant ends too soon for a new token")

	// ErrUpstream means that Matterport refuses this application, or that its answer is not understood.
	// Retries fail until an operator fixes the cause.
	ErrUpstream = errors.New("issuer: Matterport refuses the application or is not understood")
)

// An Error says why no token was issued.
//
// Its text is for the operator's log, never for a browser. It contains no secret.
type Error struct {
	// Kind is one of the sentinels above.
	Kind error

	// RetryAfter is how long to wait before a retry. Zero means that the wait is unknown.
	RetryAfter time.Duration

	// Err is the cause, or nil.
	Err error
}

func (e *Error) Error() string {
	if e.Err == nil {
		return e.Kind.Error()
	}
	return e.Kind.Error() + ": " + e.Err.Error()
}

// Unwrap lets [errors.Is] and [errors.As] see both the kind and the cause.
func (e *Error) Unwrap() []error {
	if e.Err == nil {
		return []error{e.Kind}
	}
	return []error{e.Kind, e.Err}
}

// retryUnavailable is the suggested wait if Matterport suggests none.
const retryUnavailable = 5 * time.Second

func unavailable(err error) *Error {
	return &Error{Kind: ErrUnavailable, RetryAfter: retryUnavailable, Err: err}
}

// retryRevoked is the suggested wait after a revocation: the user may still be signed in, but must be
// recognized again.
const retryRevoked = time.Second

func revokedMeanwhile() *Error {
	return &Error{Kind: ErrUnavailable, RetryAfter: retryRevoked, Err: errRevokedMeanwhile}
}

// upstream sorts an error of the Matterport client.
func upstream(err error) *Error {
	out := &Error{Kind: ErrUpstream, Err: err}
	switch {
	case errors.Is(err, matterport.ErrNotFound):
		out.Kind = ErrNotFound
	case errors.Is(err, matterport.ErrUnavailable), errors.Is(err, matterport.ErrRateLimited):
		out.Kind, out.RetryAfter = ErrUnavailable, retryUnavailable
	}
	var api *matterport.Error
	if errors.As(err, &api) && api.RetryAfter > 0 {
		out.RetryAfter = api.RetryAfter
	}
	return out
}
