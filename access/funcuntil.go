package access

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/modelid"
)

var errNilFuncUntil = errors.New("access: the FuncUntil is nil: give a function, or a List")

// FuncUntil is a [Func] whose grants end: it also returns until when it allows, or the zero time for no end. A grant
// counts before until, and not at until or later. The rules for a Func are those for a FuncUntil.
//
// The function judges dates by a clock of its own. Package issuer judges until by the clock of Matterport.
type FuncUntil func(ctx context.Context, u *identity.User, model string) (allowed bool, until time.Time, err error)

var _ DatedPolicy = FuncUntil(nil)

// Allowed calls f once. See [Func.Allowed].
func (f FuncUntil) Allowed(ctx context.Context, u *identity.User, model string) (bool, error) {
	allowed, _, err := f.AllowedAt(ctx, u, model, func() time.Time { return timeOf(ctx) })
	return allowed, err
}

// AllowedAt calls f once. If f returns an error, AllowedAt refuses, even if f also returns true. The returned error
// wraps that of f.
func (f FuncUntil) AllowedAt(ctx context.Context, u *identity.User, model string, now func() time.Time) (bool, time.Time, error) {
	if f == nil {
		return false, time.Time{}, errNilFuncUntil
	}
	if !u.SignedIn() || !modelid.Valid(model) {
		return false, time.Time{}, nil
	}
	allowed, until, err := f(ctx, u, model)
	if err != nil {
		return false, time.Time{}, fmt.Errorf("access: FuncUntil: %w", err)
	}
	if !allowed || !until.IsZero() && !now().Before(until) {
		return false, time.Time{}, nil
	}
	return true, until, nil
}

// Dated implements [DatedPolicy].
func (f FuncUntil) Dated(policy Policy) bool {
	_, ok := policy.(FuncUntil)
	return ok
}

// NextChange returns zero: a function does not say when its answers change before it is asked.
func (f FuncUntil) NextChange(time.Time) time.Time { return time.Time{} }

// Grants returns open Grants for every signed-in user, as a function cannot list the models that it allows.
func (f FuncUntil) Grants(_ context.Context, u *identity.User) (Grants, error) {
	if f == nil {
		return Grants{}, errNilFuncUntil
	}
	return Grants{Open: u.SignedIn()}, nil
}

// Policy returns f itself, or an error if f is nil.
func (f FuncUntil) Policy() (Policy, error) {
	if f == nil {
		return nil, errNilFuncUntil
	}
	return f, nil
}
