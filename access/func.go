package access

import (
	"context"
	"errors"
	"fmt"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/modelid"
)

var errNilFunc = errors.New("access: the Func is nil: give a function, or a List")

// Func is a [Policy] in the host application's own words, and its own [Source]. It must be safe for
// concurrent use, and as quick as a request may be slow: it is asked on every one.
//
// It is called once for each model of a request for a token, and again if the request had to wait for a new
// token. A listing (the gallery, GET models) calls it once for each of the account's models that matches the
// search, one after the other, in the order of their names: up to 1,000 times and for up to 2 seconds; then the
// listing is partial. If each call is a query elsewhere, offer a [BulkPolicy] instead: it answers a listing by one.
//
// It is called only for a user with an ID and for a well-formed model ID. It has to check
// [identity.User.EmailVerified] itself before it relies on [identity.User.Email].
type Func func(ctx context.Context, u *identity.User, model string) (bool, error)

// Allowed asks f, once. An error of f refuses, even if f says true with it, and can be found with errors.Is and
// errors.As in the error returned.
func (f Func) Allowed(ctx context.Context, u *identity.User, model string) (bool, error) {
	if f == nil {
		return false, errNilFunc
	}
	if !u.SignedIn() || !modelid.Valid(model) {
		return false, nil
	}
	allowed, err := f(ctx, u, model)
	if err != nil {
		return false, fmt.Errorf("access: Func: %w", err)
	}
	return allowed, nil
}

// Grants is open for everybody who is signed in: a function cannot be asked which models it has in mind.
func (f Func) Grants(_ context.Context, u *identity.User) (Grants, error) {
	if f == nil {
		return Grants{}, errNilFunc
	}
	return Grants{Open: u.SignedIn()}, nil
}

// Policy returns f itself, or an error if f is nil.
func (f Func) Policy() (Policy, error) {
	if f == nil {
		return nil, errNilFunc
	}
	return f, nil
}
