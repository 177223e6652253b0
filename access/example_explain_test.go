package access_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/identity"
)

// Why is Bob refused? This is for the operator: never show it to Bob.
func ExampleExplain() {
	file, err := access.OpenFile("../testdata/allow-full.yaml", access.FileOptions{Interval: time.Minute})
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = file.Close() }()

	bob := &identity.User{ID: "4712", Email: "bob@example.com"}
	why, err := access.Explain(context.Background(), file, bob, "yyHDFKzPzvN")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(why.Allowed, why.Reason)
	fmt.Println(why.Text)
	// Output:
	// false no_rule
	// no rule allows yyHDFKzPzvN; would match if the e-mail address were verified (rule 3, allow-full.yaml:17)
}

// An Explanation is printed as a table with a row for each rule.
func ExampleExplanation_String() {
	policy, err := access.List{
		{Groups: []string{"facilities"}, Models: []string{"*"}},
		{Users: []string{"alice"}, Domains: []string{"example.com"}, Models: []string{"SxQL3iGyoDo"}},
		{Domains: []string{"example.com"}, Models: []string{"yyHDFKzPzvN"}},
	}.Policy()
	if err != nil {
		log.Fatal(err)
	}
	alice := &identity.User{ID: "alice", Email: "alice@example.com", Groups: []string{"Facilities"}}
	why, err := access.Explain(context.Background(), policy, alice, "SxQL3iGyoDo")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Print(why)
	// Output:
	// allowed (rule): rule 2: user "alice"
	// rule  line  users  emails  domains  groups  models  result
	// 1     -     -      -       -        near    hit     would match if the group "Facilities" were spelled "facilities" (letter case)
	// 2     -     hit    -       near     -       hit     matches
	// 3     -     -      -       near     -       miss    no match
}

// leases decides by the application's contracts, and says by which.
type leases struct {
	access.Func
	contracts map[string]string // by tenant
}

func newLeases(contracts map[string]string) leases {
	return leases{
		Func: func(_ context.Context, u *identity.User, _ string) (bool, error) {
			return contracts[u.ID] != "", nil
		},
		contracts: contracts,
	}
}

// Explain asks the Func and adds the contract.
func (l leases) Explain(ctx context.Context, u *identity.User, model string) (access.Explanation, error) {
	e, err := access.Explain(ctx, l.Func, u, model)
	if e.Allowed {
		e.Reason, e.Text = "contract", "contract "+l.contracts[u.ID]
	}
	return e, err
}

// Policy returns l. Without this method the one of Func would return the Func, which explains nothing.
func (l leases) Policy() (access.Policy, error) { return l, nil }

var _ access.Explainer = leases{}

// A function can be explained too, by a type of your own.
func ExampleExplainer() {
	policy, err := newLeases(map[string]string{"alice": "2026/0815"}).Policy()
	if err != nil {
		log.Fatal(err)
	}
	for _, id := range []string{"alice", "bob", ""} {
		why, err := access.Explain(context.Background(), policy, &identity.User{ID: id}, "SxQL3iGyoDo")
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%s: %s\n", why.Reason, why.Text)
	}
	// Output:
	// contract: contract 2026/0815
	// policy: the policy refuses it and does not say why
	// not_signed_in: the user is not signed in or has no ID
}
