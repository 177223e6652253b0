package access

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-pme/pme/access/internal/people"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/modelid"
)

// Explain compares the rules with u and the model. The error is always nil.
func (f *inForce) Explain(ctx context.Context, u *identity.User, model string) (Explanation, error) {
	return f.rules.Load().explain(u, model, timeOf(ctx)), nil
}

func (s *ruleset) explain(u *identity.User, model string, now time.Time) Explanation {
	e := Explanation{File: s.origin.file, Hash: s.origin.hash}
	e.Allowed, e.Until = s.AllowedAt(u, model, func() time.Time { return now })
	if askable(u, model) {
		e.Rules = s.compare(u, model, now)
		e.Reason, e.Text = e.verdict(model)
	} else {
		e.Reason, e.Text = unaskable(u, model)
	}
	e.Omitted = s.Rules() - len(e.Rules)
	return e
}

// askable reports whether rules are asked at all.
func askable(u *identity.User, model string) bool {
	return u.SignedIn() && (modelid.Valid(model) || modelid.ValidView(model))
}

// unaskable says why no rule is asked.
func unaskable(u *identity.User, model string) (reason, text string) {
	if !u.SignedIn() {
		return reasonNotSignedIn, "the user is not signed in or has no ID"
	}
	return reasonInvalidModel, fmt.Sprintf("%.64q is not a model ID: 11 letters and digits%s", model, modelid.Suggestion(model))
}

// verdict writes the result of the listed rules as text.
func (e *Explanation) verdict(model string) (reason, text string) {
	if i := slices.IndexFunc(e.Rules, func(r RuleExplanation) bool { return r.Matched }); i >= 0 {
		r := e.Rules[i]
		return reasonRule, fmt.Sprintf("rule %d%s: %s%s", r.Number, e.place(" (%s:%d)", r), r.ground(), e.end())
	}
	text = fmt.Sprintf("no rule allows %s", model)
	if i := slices.IndexFunc(e.Rules, func(r RuleExplanation) bool { return r.If != "" }); i >= 0 {
		r := e.Rules[i]
		text += fmt.Sprintf("; would match if %s (rule %d%s)", r.If, r.Number, e.place(", %s:%d", r))
	}
	return reasonNoRule, text
}

// place says where the rule stands in the file. It is empty for rules in code.
func (e *Explanation) place(format string, r RuleExplanation) string {
	if e.File == "" {
		return ""
	}
	return fmt.Sprintf(format, e.File, r.Line)
}

// end says when the person will no longer be allowed.
func (e *Explanation) end() string {
	if e.Until.IsZero() {
		return ""
	}
	return ", until " + e.Until.UTC().Format(time.RFC3339)
}

// ground says which of the person's facts a rule matches.
func (r RuleExplanation) ground() string {
	for k, key := range people.Keys {
		for _, c := range r.Criteria {
			if c.Kind == key && c.Hit {
				return fmt.Sprintf("%s %.64q", people.Nouns[k], c.Has)
			}
		}
	}
	return ""
}

// clip cuts text that is too long for an explanation.
func clip(s string) string {
	if len(s) <= maxWant {
		return s
	}
	return strings.ToValidUTF8(s[:maxWant], "") + "…"
}
