package access_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/identity"
)

const (
	office    = "SxQL3iGyoDo"
	warehouse = "yyHDFKzPzvN"
	showroom  = "JGPnGQ6hosj"
)

func TestListReportsAllItsProblems(t *testing.T) {
	some := []string{"alice"}
	for name, test := range map[string]struct {
		list access.List
		want string
	}{
		"malformed ID": {
			access.List{{Users: some, Models: []string{office}}, {Users: some, Models: []string{"abc"}}},
			`access: rule 2: model "abc" is not a model ID: 11 letters and digits`,
		},
		"nobody": {
			access.List{{Models: []string{"*"}}},
			"access: rule 1: the rule names no people: give users, emails, domains or groups",
		},
		"nothing": {
			access.List{{Users: some}},
			`access: rule 1: the rule grants nothing: give models, or "*" for all`,
		},
		"zero rule": {
			access.List{{}},
			"access: rule 1: the rule names no people: give users, emails, domains or groups\n" +
				`access: rule 1: the rule grants nothing: give models, or "*" for all`,
		},
		"empty strings": {
			access.List{{Users: []string{""}, Emails: []string{""}, Domains: []string{""}, Groups: []string{""}, Models: []string{""}}},
			"access: rule 1: an empty string among users matches no user: remove it\n" +
				"access: rule 1: an empty string among emails matches no user: remove it\n" +
				"access: rule 1: an empty string among domains matches no user: remove it\n" +
				"access: rule 1: an empty string among groups matches no user: remove it\n" +
				"access: rule 1: an empty string among models is not a model ID: remove it",
		},
		"several rules": {
			access.List{{Emails: []string{"alice"}, Models: []string{"*"}}, {Users: some}, {Domains: []string{"a@b"}, Models: []string{"*"}}},
			"access: rule 1: \"alice\" among emails is not an address such as alice@example.com\n" +
				"access: rule 2: the rule grants nothing: give models, or \"*\" for all\n" +
				"access: rule 3: \"a@b\" among domains is not a domain such as example.com (which stands for itself, not for its subdomains)",
		},
		"repeated rule": {
			access.List{
				{Users: []string{"a", "b"}, Emails: []string{"A@example.com"}, Models: []string{office, warehouse}},
				{Users: []string{"b", "a"}, Emails: []string{"a@EXAMPLE.com"}, Models: []string{warehouse, office}},
			},
			"access: rule 2: the rule has the same people and models as an earlier one (rule 1): remove one",
		},
		"two names": {
			access.List{
				{Users: some, Models: []string{office}, Names: map[string]string{office: "Office"}},
				{Groups: some, Models: []string{office}, Names: map[string]string{office: "Head office"}},
			},
			`access: rule 2: model "SxQL3iGyoDo" is named "Head office" here and "Office" before (rule 1): give it one name`,
		},
		"bad names": {
			access.List{{Users: some, Models: []string{"*", office}, Names: map[string]string{"*": "All", office: " ", warehouse: "Warehouse"}}},
			"access: rule 1: Names has a name for model \"yyHDFKzPzvN\", which is not among the rule's Models\n" +
				"access: rule 1: \"*\" stands for many models and cannot have a name\n" +
				`access: rule 1: the name of model "SxQL3iGyoDo" is empty: remove it`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			policy, err := test.list.Policy()
			if policy != nil || err == nil {
				t.Fatalf("Policy = %v, %v; want nil and an error", policy, err)
			}
			if diff := cmp.Diff(test.want, err.Error()); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
			if table, err := access.Compile(test.list); table != nil || err == nil {
				t.Errorf("Compile = %v, %v; want nil and an error", table, err)
			}
		})
	}
}

func TestRulesWithTheSamePeopleOrTheSameModelsAreNoRepetition(t *testing.T) {
	compile(t, access.List{
		{Users: []string{"a"}, Models: []string{office}},
		{Groups: []string{"a"}, Models: []string{office}},
		{Users: []string{"a"}, Models: []string{warehouse}},
		{Users: []string{"a", "b"}, Models: []string{office}},
		{Users: []string{"a b"}, Models: []string{office}},
		{Users: []string{`a" "b`}, Models: []string{office}},
	})
}

func TestEmptyListAllowsNothing(t *testing.T) {
	for _, list := range []access.List{nil, {}} {
		policy, err := list.Policy()
		if err != nil {
			t.Fatal(err)
		}
		ok, err := policy.Allowed(t.Context(), &identity.User{ID: "alice"}, office)
		if ok || err != nil {
			t.Errorf("Allowed = %v, %v; want false", ok, err)
		}
	}
}

func TestPolicyIsIndependentOfTheListItWasMadeFrom(t *testing.T) {
	list := access.List{{Users: []string{"alice"}, Models: []string{office}, Names: map[string]string{office: "Office"}}}
	table := compile(t, list)
	list[0].Users[0], list[0].Models[0], list[0].Names[office] = "mallory", "*", "Changed"
	alice := &identity.User{ID: "alice"}

	grants, err := table.Grants(t.Context(), alice)
	want := access.Grants{Models: []access.Model{{ID: office, Name: "Office"}}}
	if diff := cmp.Diff(want, grants); diff != "" || err != nil {
		t.Errorf("Grants (-want +got), %v:\n%s", err, diff)
	}
	grants.Models[0].ID = warehouse
	if again, _ := table.Grants(t.Context(), alice); again.Models[0].ID != office {
		t.Error("a caller's change to Grants.Models has changed the Table")
	}
	if ok, _ := table.Allowed(t.Context(), &identity.User{ID: "mallory"}, office); ok {
		t.Error("a change to the list has changed the Table")
	}
}

func TestLongEntriesAreCutInErrors(t *testing.T) {
	_, err := access.Compile(access.List{{Users: []string{"a"}, Models: []string{strings.Repeat("x", 1000)}}})
	if err == nil || len(err.Error()) > 200 {
		t.Errorf("error: %v", err)
	}
}
