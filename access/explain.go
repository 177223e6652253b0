package access

import (
	"context"
	"errors"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/modelid"
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

var (
	_ Explainer = (*table)(nil)
	_ Explainer = (*File)(nil)
)

// The values of [Explanation.Reason].
const (
	reasonRule         = "rule"
	reasonNoRule       = "no_rule"
	reasonNotSignedIn  = "not_signed_in"
	reasonInvalidModel = "invalid_model"
	reasonPolicy       = "policy"
	reasonError        = "error"
)

// Explanation says why a person may or may not see a model.
//
// It is for operators. Never show it to the person refused: it tells who else may see what, and how to
// become one of them. It contains no secrets, but it does contain personal data: user IDs, e-mail addresses
// and group names, both the person's and the rules'.
//
// Its size is bounded whatever the policy: the rules listed, the entries listed of each, and the length of
// each entry.
type Explanation struct {
	// Allowed is the answer of the policy's Allowed.
	Allowed bool

	// Reason is a word for events, logs and metrics. It contains no personal data. These are the words
	// of this package; an [Explainer] of your own can have others. The function [Explain] always gives one.
	//
	//	rule           a rule allows it
	//	no_rule        no rule allows it
	//	not_signed_in  the user is nil or has no ID
	//	invalid_model  the model ID is not 11 ASCII letters and digits
	//	policy         the policy has answered without a reason
	//	error          the policy has failed
	Reason string

	// Text is the reason in a sentence or less, such as
	//
	//	rule 2 (allow.yaml:14): group "facilities"
	//
	// It contains personal data.
	Text string

	// File is the base name of the file that the rules come from. It is empty for rules in code.
	File string

	// Hash is the beginning of the SHA-256 of the bytes that the rules in force were read from, as
	// "sha256sum allow.yaml | cut -c 1-12" prints it. It is empty for rules in code.
	Hash string

	// Rules are up to 100 rules in the policy's order. If the policy has more, rules that match are
	// chosen first, then those that nearly match, those that name the person, those that name the model,
	// and others. Rules is empty if the user is not signed in or the model ID is invalid: no rule is
	// asked then.
	Rules []RuleExplanation

	// Omitted is the number of rules that are not in Rules.
	Omitted int
}

// RuleExplanation is one rule, compared with a person and a model.
type RuleExplanation struct {
	// Number is the rule's place in the policy, counted from 1.
	Number int

	// Line is where the rule begins in [Explanation.File]. It is 0 for rules in code.
	Line int

	// Matched reports whether the rule allows the person to see the model: at least one of the
	// criteria about people is a hit, and so is the one about models.
	Matched bool

	// If says what would make the rule match, such as "the e-mail address were verified". It is empty
	// unless the rule nearly matches.
	If string

	// Criteria are the rule's lists, without those it does not have: users, emails, domains, groups and
	// models, in this order.
	Criteria []Criterion
}

// Criterion is one of a rule's lists, compared with the person or the model. It is a hit, a near miss, which
// would be a hit under the condition If, or a miss.
type Criterion struct {
	// Kind is "users", "emails", "domains", "groups" or "models", as in the file.
	Kind string

	// Wants are the rule's entries as written, at most the first 10; an entry of more than 256 bytes is
	// cut. Of a rule's models, "*" comes first.
	Wants []string

	// More is the number of entries that are not in Wants.
	More int

	// Hit reports whether one of the entries matches.
	Hit bool

	// Has is what the person has that matches or nearly matches. For models it is the entry that
	// matches. It is empty for a miss.
	Has string

	// If says what would make a hit of a near miss, such as
	//
	//	the group "Facilities" were spelled "facilities" (letter case)
	If string
}

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

// askable reports whether rules are asked at all.
func askable(u *identity.User, model string) bool { return u.SignedIn() && modelid.Valid(model) }
