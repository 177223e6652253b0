package access_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/identity"
)

// An explanation must give the answer that Allowed gives, and say of each rule what the reference says.
func TestExplanationsAgreeWithAllowedAndTheReference(t *testing.T) {
	const parts, perPolicy = 4, 50
	triples := 1_000_000
	if testing.Short() || raceDetector {
		triples = 50_000
	}
	var total tally
	t.Run("random", func(t *testing.T) {
		for seed := range uint64(parts) {
			t.Run(fmt.Sprint(seed), func(t *testing.T) {
				t.Parallel()
				r := rand.New(rand.NewPCG(seed, seed))
				for done := 0; done < triples/parts && !t.Failed(); {
					w, table := randomWorld(r)
					if table == nil {
						continue
					}
					for range perPolicy {
						w.now = randomNow(r)
						total.add(expectAgreement(t, table, w, randomUser(r), one(r, poolModels, poolModels, nearModels, []string{viewOfOffice})))
					}
					done += perPolicy
				}
			})
		}
	})
	allowed, refused, near := total.allowed.Load(), total.refused.Load(), total.near.Load()
	t.Logf("%d times allowed, %d times refused, of these %d times nearly allowed", allowed, refused, near)
	if allowed+refused < int64(triples) || min(allowed, refused, 10*near) < int64(triples)/10 {
		t.Error("too few to say anything")
	}
}

type tally struct{ allowed, refused, near atomic.Int64 }

func (s *tally) add(e access.Explanation) {
	if e.Allowed {
		s.allowed.Add(1)
		return
	}
	s.refused.Add(1)
	if slices.ContainsFunc(e.Rules, func(r access.RuleExplanation) bool { return r.If != "" }) {
		s.near.Add(1)
	}
}

// expectAgreement compares an explanation with Allowed and the reference.
func expectAgreement(t *testing.T, table *access.Table, w world, u *identity.User, model string) access.Explanation {
	t.Helper()
	ctx := access.WithTime(t.Context(), w.now)
	e, err := table.Explain(ctx, u, model)
	if err != nil {
		t.Fatal(err)
	}
	allowed, until, err := table.AllowedAt(t.Context(), u, model, func() time.Time { return w.now })
	if want := w.allowed(u, model); e.Allowed != allowed || allowed != want || !e.Until.Equal(until) || err != nil {
		t.Fatalf("Explain(%+v, %q).Allowed = %v and Allowed = %v, %v; want %v by %+v", u, model, e.Allowed, allowed, err, want, w)
	}
	asked := u.SignedIn() && modelID.MatchString(model)
	reason := map[bool]string{true: "rule", false: "no_rule"}[allowed]
	if asked != (e.Reason == reason) || asked != (len(e.Rules) == len(w.list)) && len(w.list) > 0 {
		t.Fatalf("Explain(%+v, %q) = %+v by %+v", u, model, e, w)
	}
	for i, r := range e.Rules {
		expectRule(t, r, w, w.list[i], u, model)
	}
	return e
}

func expectRule(t *testing.T, got access.RuleExplanation, w world, r access.Rule, u *identity.User, model string) {
	t.Helper()
	matched := w.rule(r, u, model)
	if got.Matched != matched || matched && got.If != "" {
		t.Fatalf("the explanation of %+v for %+v and %q is %+v; want matched: %v", r, u, model, got, matched)
	}
	for _, c := range got.Criteria {
		if want := w.hit(c.Kind, r, u, model); c.Hit != want || c.Hit && c.If != "" || (c.Has != "") != (c.Hit || c.If != "" || c.Kind == "from" || c.Kind == "until") {
			t.Fatalf("%s of %+v for %+v and %q: %+v; want hit: %v", c.Kind, r, u, model, c, want)
		}
	}
	if got.If == "the e-mail address were verified" {
		better := *u
		better.EmailVerified = true
		if !w.rule(r, &better, model) {
			t.Fatalf("%+v does not match %+v and %q with the address verified", r, u, model)
		}
	}
}

// hit reports whether one of a rule's lists is enough, or has the model, or one of its dates is met.
func (w world) hit(kind string, r access.Rule, u *identity.User, model string) bool {
	switch kind {
	case "users":
		return referenceMatches(access.Rule{Users: r.Users}, u)
	case "emails":
		return referenceMatches(access.Rule{Emails: r.Emails}, u)
	case "domains":
		return referenceMatches(access.Rule{Domains: r.Domains}, u)
	case "groups":
		return referenceMatches(access.Rule{Groups: r.Groups}, u)
	case "from":
		return !w.now.Before(r.From)
	case "until":
		return w.now.Before(r.Until)
	case "except.users":
		return referenceExcepted(access.Except{Users: r.Except.Users}, u)
	case "except.emails":
		return referenceExcepted(access.Except{Emails: r.Except.Emails}, u)
	case "except.domains":
		return referenceExcepted(access.Except{Domains: r.Except.Domains}, u)
	case "except.groups":
		return referenceExcepted(access.Except{Groups: r.Except.Groups}, u)
	case "except.models":
		return w.excludes(r.Except.Models, model)
	}
	return w.selects(r.Models, model)
}
