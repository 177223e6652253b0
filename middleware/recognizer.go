package middleware

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/go-pme/pme/identity"
)

// A Recognizer tells who sent a request. Package middleware has recognizers for logins of the host
// application; bearer, hostjwt, whoami and oidclogin have their own. [New] makes a [Gate] of any of them.
//
// A Recognizer may also be an [Invalidator], a [SignOutNotifier], a [SessionRevoker], a [GroupKeeper], a
// [health.Reporter] or an [io.Closer]: the gate passes the calls on.
type Recognizer interface {
	// Recognize returns the signed-in user, whom the gate takes at the Recognizer's word, or an error:
	//
	//   - one that wraps [ErrNotSignedIn]: the request has no credential, or only one that is treated
	//     as none, such as a session that has expired;
	//   - a [*Rejection]: the request has a credential that is not accepted;
	//   - any other error: it cannot be told. The request gets 503.
	//
	// It may add headers to the answer, such as a cookie, but must not write a status or a body. It is
	// called for several requests at once and must not keep the request. A panic is not caught.
	Recognize(w http.ResponseWriter, r *http.Request) (*identity.User, error)
}

// ErrNotSignedIn is the error for a request without a signed-in user. Wrap it to tell the log why:
//
//	fmt.Errorf("%w: the session has expired", middleware.ErrNotSignedIn)
var ErrNotSignedIn = errors.New("middleware: not signed in")

// A Rejection is the error for a request with a credential that is not accepted, such as an expired
// token. Unlike a request without a credential it is never redirected to a login page, and no other gate
// of [First] is asked.
type Rejection struct {
	// Status is 400, 401 or 403. Any other status is answered as 403.
	Status int

	// Code and Text are the error and its description in the JSON answer: the code is for the page's
	// script, the text for its visitor. Default: access_denied, and a sentence that says no more.
	Code string
	Text string

	// Challenge is the answer's WWW-Authenticate header. Default: none.
	Challenge string

	// Reason is for the log only.
	Reason string
}

func (r *Rejection) Error() string { return "middleware: credential rejected: " + r.Reason }

// Func is the [Recognizer] for hosts with any other login: another session library, a token, a value
// that the host's own middleware has put into the request's context.
//
// It returns a User with an ID for a signed-in user, a User without an ID if the request has none, and
// an error if it cannot tell. A User beside an error is ignored. It runs on every request, as nothing is
// remembered. Nothing it returns is verified: it vouches for every field.
type Func func(*http.Request) (identity.User, error)

// Recognize implements [Recognizer].
func (f Func) Recognize(_ http.ResponseWriter, r *http.Request) (*identity.User, error) {
	return signedIn(f(r))
}

var errNoUser = fmt.Errorf("%w: the login names no user", ErrNotSignedIn)

// signedIn turns the answer of a host's function into that of a Recognizer.
func signedIn(u identity.User, err error) (*identity.User, error) {
	switch {
	case err != nil:
		return nil, err
	case !u.SignedIn():
		return nil, errNoUser
	}
	return &u, nil
}
