package access

import (
	"context"
	"errors"
	"fmt"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/modelid"
)

var errNilFunc = errors.New("access: the Func is nil: give a function, or a List")

// Func is a [Policy] that is a function of the host application. It is its own [Source]. It must be safe for
// concurrent use. It must be fast: every request for a token calls it.
//
// It is called once for each model of a request for a token, and again if the request had to wait for a new
// token. A listing (the gallery, GET models) calls it once for each of the account's models that matches the
// search, one after the other, in the order of their names: up to 1,000 times and for up to 2 seconds; then the
// listing is partial. If each call is a query to another system, write a [BulkPolicy] instead: it answers a
// listing with one call.
//
// It is called only for a user with an ID and for a well-formed model ID. It has to check
// [identity.User.EmailVerified] itself before it relies on [identity.User.Email].
type Func func(ctx context.Context, u *identity.User, model string) (bool, error)

// Allowed calls f once. If f returns an error, Allowed refuses, even if f also returns true. The returned error
// wraps that of f.
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

// Grants returns open Grants for every signed-in user, as a function cannot list the models that it allows.
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
