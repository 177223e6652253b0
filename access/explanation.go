package access

import "time"

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
	Allowed bool `json:"allowed"`

	// Reason is a word for events, logs and metrics. It contains no personal data. These are the words
	// of this package; an [Explainer] of your own can have others. The function [Explain] always gives one.
	//
	//	rule           a rule allows it
	//	no_rule        no rule allows it
	//	not_signed_in  the user is nil or has no ID
	//	invalid_model  the model ID is not 11 ASCII letters and digits
	//	policy         the policy has answered without a reason
	//	error          the policy has failed
	Reason string `json:"reason"`

	// Text is the reason in a sentence or less, such as
	//
	//	rule 2 (allow.yaml:14): group "facilities"
	//
	// It contains personal data.
	Text string `json:"text"`

	// File is the base name of the file that the rules come from. It is empty for rules in code.
	File string `json:"file,omitempty"`

	// Hash is the beginning of the SHA-256 of the bytes that the rules in force were read from, as
	// "sha256sum allow.yaml | cut -c 1-12" prints it. It is empty for rules in code.
	Hash string `json:"hash,omitempty"`

	// Rules are up to 100 rules in the policy's order. If the policy has more, rules that match are
	// chosen first, then those that nearly match, those that name the person, those that name the model,
	// and others. Rules is empty if the user is not signed in or the model ID is invalid: no rule is
	// asked then.
	Rules []RuleExplanation `json:"rules,omitempty"`

	// Until is when the person will no longer be allowed, as far as the rules say now. It is zero if that is unlimited, if the
	// person is refused, or if the policy does not know.
	Until time.Time `json:"until,omitzero"`

	// Omitted is the number of rules that are not in Rules.
	Omitted int `json:"omitted,omitempty"`
}

// RuleExplanation is one rule, compared with a person and a model.
type RuleExplanation struct {
	// Number is the rule's place in the policy, counted from 1.
	Number int `json:"number"`

	// Line is where the rule begins in [Explanation.File]. It is 0 for rules in code.
	Line int `json:"line,omitempty"`

	// Matched reports whether the rule allows the person to see the model: at least one of the
	// criteria about people is a hit, so are those about models and dates, and no exception is.
	Matched bool `json:"matched"`

	// If says what would make the rule match, such as "the e-mail address were verified". It is empty
	// unless the rule nearly matches.
	If string `json:"if,omitempty"`

	// Criteria are what the rule says, without what it does not: users, emails, domains, groups, models, from, until, and
	// the exceptions, in this order.
	Criteria []Criterion `json:"criteria"`
}

// Criterion is one of a rule's lists or dates, compared with the person, the model or the time. It is a hit, a near miss, which
// would be a hit under the condition If, or a miss.
type Criterion struct {
	// Kind is "users", "emails", "domains", "groups", "models", "from" or "until", as in the file. An exception is
	// "except.users" and so on: if it is a hit, the rule does not count.
	Kind string `json:"kind"`

	// Wants are the rule's entries as written, at most the first 10; an entry of more than 256 bytes is
	// cut. Of a rule's models, "*" comes first.
	Wants []string `json:"wants,omitempty"`

	// More is the number of entries that are not in Wants.
	More int `json:"more,omitempty"`

	// Selectors are what those of Wants that are selectors stand for.
	Selectors []SelectorExplanation `json:"selectors,omitempty"`

	// Hit reports whether one of the entries matches.
	Hit bool `json:"hit"`

	// Has is what the person has that matches or nearly matches. For models it is the entry that
	// matches, for dates the time asked about. It is empty for a miss.
	Has string `json:"has,omitempty"`

	// If says what would make a hit of a near miss, such as
	//
	//	the group "Facilities" were spelled "facilities" (letter case)
	If string `json:"if,omitempty"`
}

// SelectorExplanation is what a selector stands for.
type SelectorExplanation struct {
	// Selector is the selector's text.
	Selector string `json:"selector"`

	// Models is the number of models that it stands for.
	Models int `json:"models"`

	// At is when Matterport last said so. It is zero if the selector is not resolved.
	At time.Time `json:"at,omitzero"`

	// Problem says why there are no models, or none that are newer.
	Problem string `json:"problem,omitempty"`
}
