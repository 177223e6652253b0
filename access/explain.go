package access

import (
	"context"
	"errors"

	"github.com/go-pme/pme/identity"
)

// An Explainer is a [Policy] that says why it allows or refuses. What a [List] is compiled to and a [*File]
// are Explainers. A [Func] is not: to explain its answers, give it a type of your own that has this method
// and a method Policy that returns itself. A type that embeds a Func and has no method Policy of its own
// loses its Explain, as the Func's Policy returns the Func alone.
//
// Call the function [Explain], which takes any Policy.
type Explainer interface {
	// Explain answers like Allowed and says why. If it returns an error, the caller must refuse.
	//
	// The caller must not show the result to the person refused; see [Explanation].
	Explain(ctx context.Context, u *identity.User, model string) (Explanation, error)
}

// The values of [Explanation.Reason].
const (
	reasonRule         = "rule"
	reasonNoRule       = "no_rule"
	reasonNotSignedIn  = "not_signed_in"
	reasonInvalidModel = "invalid_model"
	reasonPolicy       = "policy"
	reasonError        = "error"
)

// Explain asks a policy and says why it answers as it does. A policy that is no [Explainer] is asked whether
// it allows, and the result says only that. If there is an error, the result refuses, whatever the policy
// says with it, and has the Reason "error".
func Explain(ctx context.Context, policy Policy, u *identity.User, model string) (Explanation, error) {
	if policy == nil {
		return failed(errors.New("access: Explain has no policy to ask: it is nil"))
	}
	if explainer, ok := policy.(Explainer); ok {
		e, err := explainer.Explain(ctx, u, model)
		if err != nil {
			return failed(err)
		}
		if e.Reason == "" {
			e.Reason = reasonPolicy
		}
		return e, nil
	}
	allowed, err := policy.Allowed(ctx, u, model)
	if err != nil {
		return failed(err)
	}
	return unexplained(allowed, u, model), nil
}

// failed does not quote err: the text of a host's error may contain anything.
func failed(err error) (Explanation, error) {
	return Explanation{Reason: reasonError, Text: "the policy has failed, so the answer is no"}, err
}

// unexplained explains the answer of a policy that is no Explainer.
func unexplained(allowed bool, u *identity.User, model string) Explanation {
	e := Explanation{Allowed: allowed, Reason: reasonPolicy}
	switch {
	case allowed:
		e.Text = "the policy allows it and does not say why"
	case !askable(u, model):
		e.Reason, e.Text = unaskable(u, model)
	default:
		e.Text = "the policy refuses it and does not say why"
	}
	return e
}
