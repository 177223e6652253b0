package issuer_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/issuer"
)

// murky is a policy that cannot explain itself.
type murky struct {
	access.Policy
	explain func() (access.Explanation, error)
}

func (m murky) Explain(context.Context, *identity.User, string) (access.Explanation, error) {
	return m.explain()
}

func TestFailedExplanationDoesNotChangeTheDecision(t *testing.T) {
	for name, explain := range map[string]func() (access.Explanation, error){
		"error": func() (access.Explanation, error) { return access.Explanation{}, errors.New("directory away") },
		"panic": func() (access.Explanation, error) { panic("secret") },
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, func(cfg *issuer.Config) { cfg.Policy = murky{cfg.Policy, explain} })
			r.issue(t, alice, office)
			r.refuse(t, issuer.ErrDenied, bob, office)
			for _, want := range []string{"token granted", "token denied", "decision not explained"} {
				if !strings.Contains(r.log.String(), want) {
					t.Errorf("%q is not in the log:\n%s", want, r.log)
				}
			}
			if strings.Contains(r.log.String(), "reason=error") {
				t.Errorf("the decision is said to be a failure:\n%s", r.log)
			}
			if strings.Contains(r.log.String(), "secret") {
				t.Errorf("the value of the panic is in the log:\n%s", r.log)
			}
		})
	}
}

func TestReasonsAreThoseOfTheRules(t *testing.T) {
	policy, err := access.List{{Groups: []string{"facilities"}, Models: []string{office}}}.Policy()
	if err != nil {
		t.Fatal(err)
	}
	r := newRig(t, func(cfg *issuer.Config) { cfg.Policy = policy })
	r.issue(t, &identity.User{ID: "alice", Groups: []string{"facilities"}}, office)
	r.refuse(t, issuer.ErrDenied, &identity.User{ID: "bob", Groups: []string{"Facilities"}}, office)
	for _, want := range []string{`msg="token granted"`, "reason=rule", `group \"facilities\"`, `msg="token denied"`, "reason=no_rule", "would match if"} {
		if !strings.Contains(r.log.String(), want) {
			t.Errorf("%q is not in the log:\n%s", want, r.log)
		}
	}
}
