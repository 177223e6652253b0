package connect

import (
	"errors"
	"time"
)

// The errors of [Connections]. Test for them with [errors.Is]. The only other error is that of the caller's
// context.
var (
	// ErrNotSignedIn means that there is no user.
	ErrNotSignedIn = errors.New("connect: no user is signed in")

	// ErrDenied means that Config.Allow does not let the user connect accounts.
	ErrDenied = errors.New("connect: this person may not connect accounts")

	// ErrInvalid means that the request is malformed, such as an invalid ID or a label that is too long.
	ErrInvalid = errors.New("connect: invalid request")

	// ErrNotConnected means that the user has no such connection, or none at all.
	ErrNotConnected = errors.New("connect: not connected")

	// ErrSeveral means that the user has several connections, and did not say which.
	ErrSeveral = errors.New("connect: several connections")

	// ErrTooMany means that the user has as many connections as they may have.
	ErrTooMany = errors.New("connect: too many connections")

	// ErrReconnect means that Matterport no longer lets the application use the account, because its owner
	// has withdrawn it, or it was not used for too long: the user has to connect it again.
	ErrReconnect = errors.New("connect: the account has to be connected again")

	// ErrAttemptOver means that a callback matches no attempt in progress of this user in this browser: the
	// attempt is too old, was used before, or was begun by another user or in another browser.
	ErrAttemptOver = errors.New("connect: no such attempt is in progress here")

	// ErrConsentDenied means that the account's owner did not agree.
	ErrConsentDenied = errors.New("connect: the owner of the account did not agree")

	// ErrAccountRefused means that Matterport does not let this account connect to this application:
	// one in Development Mode takes its own account only.
	ErrAccountRefused = errors.New("connect: Matterport does not let this account connect to the application")

	// ErrMissingScopes means that the owner granted fewer scopes than the application needs.
	ErrMissingScopes = errors.New("connect: not all scopes were granted")

	// ErrModelNotFound means that the connected account has no such model.
	ErrModelNotFound = errors.New("connect: the account has no such model")

	// ErrRateLimited means that this user causes too many calls to Matterport.
	ErrRateLimited = errors.New("connect: too many requests of one user")

	// ErrUnavailable means that Matterport, the store or Config.Allow fails, or that the Connections are shut
	// down. The caller can retry later.
	ErrUnavailable = errors.New("connect: temporarily unavailable")

	// ErrUpstream means that Matterport refuses the application, because it is disabled or its credentials
	// are wrong, or that its answer is not understood. Retries fail until an operator fixes the cause.
	ErrUpstream = errors.New("connect: Matterport refuses the application or is not understood")
)

// An Error says why a call failed. Its text is for the operator's log, never for a browser. It contains no secret.
type Error struct {
	Kind       error         // one of the sentinels above
	RetryAfter time.Duration // how long to wait before a retry; zero if unknown
	Err        error         // the cause, or nil
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
