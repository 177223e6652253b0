package access_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/identity"
)

func TestExplanationIsPrintedAsATable(t *testing.T) {
	f, err := access.OpenFile("../testdata/allow-full.yaml", access.FileOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	dave := &identity.User{ID: "dave", Email: "dave@partner.example", Groups: []string{"Facilities"}}
	for model, want := range map[string]string{
		office: `allowed (rule): rule 6 (allow-full.yaml:35): user "dave"
file: allow-full.yaml, SHA-256 8737688bedb5…
rule  line  users  emails  domains  groups  models  result
1     5     -      -       -        near    hit     would match if the group "Facilities" were spelled "facilities" (letter case)
2     9     miss   -       -        -       hit     no match
3     17    -      miss    -        -       miss    no match
4     23    -      -       near     -       miss    no match
5     27    miss   -       -        miss    miss    no match
6     35    hit    miss    miss     miss    hit     matches
`,
		"abc": `refused (invalid_model): "abc" is not a model ID: 11 letters and digits
file: allow-full.yaml, SHA-256 8737688bedb5…
rules not listed: 6
`,
	} {
		if diff := cmp.Diff(want, explain(t, f, dave, model).String()); diff != "" {
			t.Errorf("table (-want +got):\n%s", diff)
		}
	}
	const want = "allowed (rule): rule 1: user \"dave\"\n" +
		"rule  line  users  emails  domains  groups  models  result\n" +
		"1     -     hit    -       -        -       hit     matches\n"
	table := compile(t, access.List{{Users: []string{"dave"}, Models: []string{"*"}}})
	if diff := cmp.Diff(want, explain(t, table, dave, office).String()); diff != "" {
		t.Errorf("table of rules in code (-want +got):\n%s", diff)
	}
}
