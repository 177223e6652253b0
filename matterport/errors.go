package matterport

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// The errors to test for with errors.Is. Every failed call yields an [*Error] that matches one
// of these, except that a cancelled call matches context.Canceled and nothing else.
var (
	// ErrNotFound: the model or token is gone, inactive, or not this account's. Matterport does not
	// tell these apart (docs/matterport.md §2).
	ErrNotFound = errors.New("matterport: not found, or no access to it")

	// ErrUnauthorized: Matterport refuses the client credentials, or what they were used for. Check the
	// client ID and secret, and that Private Model Embed is enabled for the account.
	ErrUnauthorized = errors.New("matterport: unauthorized")

	// ErrRateLimited: too many requests, or a quota is used up. With [Error.Status] zero the call was not made, because
	// Matterport has asked for none for a while.
	ErrRateLimited = errors.New("matterport: rate limited")

	// ErrUnavailable: Matterport could not be reached, did not answer in time or in full, or reported
	// an internal error. A caller's own deadline that passes counts too; such an error also matches
	// context.DeadlineExceeded.
	ErrUnavailable = errors.New("matterport: unavailable")

	// ErrMalformed: an answer that is not Matterport's, or is not complete: a proxy's HTML, a redirect,
	// a missing field.
	ErrMalformed = errors.New("matterport: answer not understood")

	// ErrInvalid: the request itself is at fault. With [Error.Status] zero it was refused here, before
	// anything was sent.
	ErrInvalid = errors.New("matterport: invalid request")

	// ErrTokenRefused: the Model API does not take the access token. It is an ErrUnauthorized that
	// another token may cure. A [Client] has then tried with a new application token already. To a
	// caller of an [OAuthApp] a refresh tells whether the token has only ended or the account has to be
	// connected again.
	ErrTokenRefused = fmt.Errorf("%w: access token refused", ErrUnauthorized)

	// ErrReconnect: the grant is void, which Matterport calls invalid_grant (RFC 6749 §5.2). It was
	// withdrawn by the account's owner, has expired, or was used before. Forget the refresh token; the
	// owner has to connect the account again. Only [OAuthApp.Exchange] and [OAuthApp.Refresh] say so.
	ErrReconnect = errors.New("matterport: the account has to be connected again")

	// ErrClosed: the call came after [Client.Close] or [OAuthApp.Close].
	ErrClosed = errors.New("matterport: client closed")
)

// errInvalidGrant is the ErrTokenRefused that names invalid_grant. The Model API says so of an access
// token, and the token endpoint of a code or a refresh token.
var errInvalidGrant = fmt.Errorf("%w", ErrTokenRefused)

// errSilent is the ErrUnavailable of a request that got no answer in time, and may still get its way.
var errSilent = fmt.Errorf("%w", ErrUnavailable)

// errNotConnected is the ErrUnavailable of a request that certainly was not sent.
var errNotConnected = fmt.Errorf("%w: no connection", ErrUnavailable)

// errQuiet is the ErrRateLimited of a call that was not made, because Matterport has asked for none.
var errQuiet = fmt.Errorf("%w", ErrRateLimited)

// askedForQuiet is the error of a call that is not made for as long as left.
func askedForQuiet(op string, left time.Duration) *Error {
	return &Error{Op: op, Message: "not asked, as Matterport has asked for no further calls for a while", RetryAfter: left, Err: errQuiet}
}

// Error is a failed call. It is meant for the operator's log; a visitor should never see its text.
//
// Message and Code come from upstream. They are bounded, printable, and free of the client secret and
// of the tokens and codes of the call, and of anything else that looks like a token; they are not
// otherwise to be trusted. No error in the chain holds the body of an answer.
type Error struct {
	// Op is the name of the GraphQL operation. At the token endpoint it is "applicationToken",
	// "authorizationCode" or "refreshToken".
	Op string

	// Status is the HTTP status of the answer, or the httpStatus of a GraphQL error that came with a
	// status of success. Zero: there was no answer.
	Status int

	// Code is the GraphQL or OAuth error code, such as "not.found" or "invalid_client"; may be empty.
	Code string

	// Message says what happened, in upstream's words or this package's.
	Message string

	// RetryAfter is how long to wait before asking again; zero when nothing is known.
	RetryAfter time.Duration

	// Err is one of the sentinels, or wraps one. A context's error is wrapped beside it.
	Err error
}

// Error tells the operator what failed, how, and what Matterport said.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("matterport: " + e.Op)
	if e.Err != nil {
		b.WriteString(": " + strings.TrimPrefix(e.Err.Error(), "matterport: "))
	}
	if e.Status != 0 {
		fmt.Fprintf(&b, " (HTTP %d)", e.Status)
	}
	if e.Code != "" {
		b.WriteString(": " + e.Code)
	}
	if e.Message != "" {
		b.WriteString(": " + e.Message)
	}
	if e.RetryAfter > 0 {
		fmt.Fprintf(&b, "; try again in %v", e.RetryAfter.Round(time.Millisecond))
	}
	return b.String()
}

// Unwrap returns Err, for errors.Is.
func (e *Error) Unwrap() error { return e.Err }

// contextError is the end of a call by its caller's context. A deadline is also a way of being
// unavailable, since the answer did not come in the time there was; leaving is not.
func contextError(op string, cause error) *Error {
	if errors.Is(cause, context.DeadlineExceeded) {
		cause = fmt.Errorf("%w: %w", ErrUnavailable, context.DeadlineExceeded)
	}
	return &Error{Op: op, Err: cause}
}

// malformed is an answer that makes no sense beside those before it.
func malformed(op, message string) *Error {
	return &Error{Op: op, Message: message, Err: ErrMalformed}
}

// invalid is a request that is refused before it is sent.
func invalid(op, message string) *Error {
	return &Error{Op: op, Message: message, Err: ErrInvalid}
}
