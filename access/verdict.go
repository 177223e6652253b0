package access

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/modelid"
)

// These bound an Explanation, as its documentation says.
const (
	maxExplained = 100 // rules
	maxWants     = 10  // entries of a criterion
	maxWant      = 256 // bytes of an entry
)

// Explain compares the rules with u and the model. The error is always nil.
func (t *table) Explain(ctx context.Context, u *identity.User, model string) (Explanation, error) {
	allowed, err := t.Allowed(ctx, u, model)
	e := Explanation{Allowed: allowed, File: t.origin.file, Hash: t.origin.hash}
	if askable(u, model) {
		e.Rules = t.explainRules(u, model)
		e.Reason, e.Text = e.verdict(model)
	} else {
		e.Reason, e.Text = unaskable(u, model)
	}
	e.Omitted = len(t.rules) - len(e.Rules)
	return e, err
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
		return reasonRule, fmt.Sprintf("rule %d%s: %s", r.Number, e.place(" (%s:%d)", r), r.ground())
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

// kindNouns name one entry of each kind.
var kindNouns = [kinds]string{users: "user", emails: "e-mail address", domains: "domain", groups: "group"}

// ground says which of the person's facts a rule matches.
func (r RuleExplanation) ground() string {
	for k, key := range kindKeys {
		for _, c := range r.Criteria {
			if c.Kind == key && c.Hit {
				return fmt.Sprintf("%s %.64q", kindNouns[k], c.Has)
			}
		}
	}
	return ""
}

// A rank says how relevant a rule is to a question. Lower ranks are more relevant.
type rank int

const (
	matches rank = iota
	nearlyMatches
	namesPerson
	namesModel
	unrelated
	ranks // how many there are
)

// rank returns how relevant a rule is to a model and the person of the evidence.
func (g grant) rank(rule, model int, e *evidence) rank {
	hit, allows := e.hits.has(rule), g.allows(model)
	switch {
	case hit && allows:
		return matches
	case allows && e.nears.has(rule):
		return nearlyMatches
	case hit:
		return namesPerson
	case allows:
		return namesModel
	}
	return unrelated
}

// explainRules explains the most relevant rules, in the order of their numbers.
func (t *table) explainRules(u *identity.User, model string) []RuleExplanation {
	e, number := t.evidence(u), t.number(model)
	var byRank [ranks][]int
	for i, g := range t.rules {
		r := g.rank(i, number, e)
		if len(byRank[r]) < maxExplained {
			byRank[r] = append(byRank[r], i)
		}
	}
	listed := slices.Concat(byRank[:]...)
	listed = listed[:min(len(listed), maxExplained)]
	slices.Sort(listed)
	var explained []RuleExplanation
	for _, i := range listed {
		explained = append(explained, t.explainRule(i, number, e))
	}
	return explained
}

func (t *table) explainRule(i, model int, e *evidence) RuleExplanation {
	r := RuleExplanation{Number: i + 1, Line: t.origin.line(i)}
	for k, wants := range t.wants[i] {
		if len(wants) > 0 {
			f := e.found[k][i]
			r.Criteria = append(r.Criteria, criterion(kindKeys[k], wants, e.hit(kind(k), i), f))
			r.If = cmp.Or(r.If, f.condition)
		}
	}
	models := t.explainModels(t.rules[i], model)
	r.Criteria = append(r.Criteria, models)
	r.Matched = models.Hit && e.hits.has(i)
	if r.Matched || !models.Hit {
		r.If = ""
	}
	return r
}

// explainModels compares a rule with the model of this number.
func (t *table) explainModels(g grant, model int) Criterion {
	wants := make([]string, 0, len(g.models)+1)
	if g.all {
		wants = append(wants, anyModel)
	}
	for _, n := range g.models {
		wants = append(wants, t.models[n].ID)
	}
	var has string
	switch {
	case slices.Contains(g.models, model):
		has = t.models[model].ID
	case g.all:
		has = anyModel
	}
	return criterion("models", wants, g.allows(model), finding{has: has})
}

func criterion(kind string, wants []string, hit bool, f finding) Criterion {
	c := Criterion{Kind: kind, Hit: hit, Has: clip(f.has), If: f.condition}
	c.Wants = make([]string, min(len(wants), maxWants))
	for i := range c.Wants {
		c.Wants[i] = clip(wants[i])
	}
	c.More = len(wants) - len(c.Wants)
	return c
}

// clip cuts text that is too long for an explanation.
func clip(s string) string {
	if len(s) <= maxWant {
		return s
	}
	return strings.ToValidUTF8(s[:maxWant], "") + "…"
}
