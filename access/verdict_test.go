package access_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/identity"
)

// explain explains the answer of a policy that never fails.
func explain(t testing.TB, policy access.Policy, u *identity.User, model string) access.Explanation {
	t.Helper()
	e, err := access.Explain(t.Context(), policy, u, model)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestReasonsOfAList(t *testing.T) {
	table := compile(t, access.List{
		{Users: []string{"alice"}, Models: []string{office}},
		{Users: []string{"alice"}, Emails: []string{"Alice@example.com"}, Groups: []string{"facilities"}, Models: []string{warehouse}},
		{Domains: []string{"partner.example"}, Models: []string{"*"}},
	})
	alice := &identity.User{ID: "alice"}
	for name, test := range map[string]struct {
		user         *identity.User
		model        string
		reason, text string
	}{
		"user":             {alice, office, "rule", `rule 1: user "alice"`},
		"second rule":      {alice, warehouse, "rule", `rule 2: user "alice"`},
		"address":          {&identity.User{ID: "x", Email: "ALICE@example.com", EmailVerified: true}, warehouse, "rule", `rule 2: e-mail address "ALICE@example.com"`},
		"group":            {&identity.User{ID: "x", Groups: []string{"a", "facilities"}}, warehouse, "rule", `rule 2: group "facilities"`},
		"domain":           {&identity.User{ID: "x", Email: "x@partner.example", EmailVerified: true}, showroom, "rule", `rule 3: domain "partner.example"`},
		"no rule":          {alice, showroom, "no_rule", "no rule allows " + showroom},
		"nearly":           {&identity.User{ID: "x", Email: "x@partner.example"}, showroom, "no_rule", "no rule allows " + showroom + "; would match if the e-mail address were verified (rule 3)"},
		"near other model": {&identity.User{ID: "Alice"}, showroom, "no_rule", "no rule allows " + showroom},
		"nil":              {nil, office, "not_signed_in", "the user is not signed in or has no ID"},
		"no ID":            {&identity.User{Groups: []string{"facilities"}}, warehouse, "not_signed_in", "the user is not signed in or has no ID"},
		"no model ID":      {alice, "a\nb", "invalid_model", `"a\nb" is not a model ID: 11 letters and digits`},
		"star":             {alice, "*", "invalid_model", `"*" is not a model ID: 11 letters and digits`},
	} {
		e := explain(t, table, test.user, test.model)
		if e.Reason != test.reason || e.Text != test.text || e.Allowed != (test.reason == "rule") || e.File != "" || e.Hash != "" {
			t.Errorf("%s: Explain = %+q, allowed: %v; want %s: %s", name, e.Reason+": "+e.Text, e.Allowed, test.reason, test.text)
		}
		if len(e.Rules)+e.Omitted != 3 || len(e.Rules) > 0 && e.Rules[0].Line != 0 {
			t.Errorf("%s: Rules = %+v and %d more; want 3 in all, without lines", name, e.Rules, e.Omitted)
		}
	}
}

// A criterion is written as hit, miss, or the condition of a near miss; after it stands what the person has.
func outcome(c access.Criterion) string {
	switch {
	case c.Hit && c.If != "":
		return "hit and near"
	case c.Hit:
		return fmt.Sprintf("hit %q", c.Has)
	case c.If != "":
		return fmt.Sprintf("%s %q", c.If, c.Has)
	case c.Has != "":
		return "miss with " + c.Has
	}
	return "miss"
}

func TestOutcomeOfEachCriterion(t *testing.T) {
	verified := func(address string) identity.User {
		return identity.User{ID: "x", Email: address, EmailVerified: true}
	}
	inGroups := func(names ...string) identity.User { return identity.User{ID: "x", Groups: names} }
	for name, test := range map[string]struct {
		rule access.Rule // for the office
		user identity.User
		want string
	}{
		"user":                  {access.Rule{Users: []string{"bob", "alice"}}, identity.User{ID: "alice"}, `hit "alice"`},
		"other user":            {access.Rule{Users: []string{"bob", "alice"}}, identity.User{ID: "carol"}, "miss"},
		"user in other case":    {access.Rule{Users: []string{"alice"}}, identity.User{ID: "Alice"}, `the user ID "Alice" were spelled "alice" (letter case) "Alice"`},
		"user and near user":    {access.Rule{Users: []string{"alice", "Alice"}}, identity.User{ID: "Alice"}, `hit "Alice"`},
		"group":                 {access.Rule{Groups: []string{"facilities"}}, inGroups("a", "facilities"), `hit "facilities"`},
		"other group":           {access.Rule{Groups: []string{"facilities"}}, inGroups("facility", ""), "miss"},
		"group in other case":   {access.Rule{Groups: []string{"facilities"}}, inGroups("", "Facilities"), `the group "Facilities" were spelled "facilities" (letter case) "Facilities"`},
		"group with a space":    {access.Rule{Groups: []string{"facilities"}}, inGroups("facilities "), `the group "facilities " were spelled "facilities" (spaces) "facilities "`},
		"group decomposed":      {access.Rule{Groups: []string{"Zo\u00eb"}}, inGroups("Zoe\u0308"), `the group "Zoe\u0308" were spelled "Zo\u00eb" (accents) ` + `"Zoe` + "\u0308" + `"`},
		"group and near group":  {access.Rule{Groups: []string{"facilities"}}, inGroups("Facilities", "facilities"), `hit "facilities"`},
		"group of spaces":       {access.Rule{Groups: []string{"a"}}, inGroups(" "), "miss"},
		"address":               {access.Rule{Emails: []string{"Bob@example.com"}}, verified("bob@Example.com"), `hit "bob@Example.com"`},
		"other address":         {access.Rule{Emails: []string{"bob@example.com"}}, verified("bob@example.org"), "miss"},
		"unverified address":    {access.Rule{Emails: []string{"bob@example.com"}}, identity.User{ID: "x", Email: "Bob@example.com"}, `the e-mail address were verified "Bob@example.com"`},
		"address with a space":  {access.Rule{Emails: []string{"bob@example.com"}}, verified("bob@example.com "), `the e-mail address had no spaces around it "bob@example.com "`},
		"other unverified":      {access.Rule{Emails: []string{"bob@example.com"}}, identity.User{ID: "x", Email: "eve@example.com"}, "miss"},
		"no address":            {access.Rule{Emails: []string{"bob@example.com"}}, identity.User{ID: "x"}, "miss"},
		"two @":                 {access.Rule{Domains: []string{"example.com"}}, identity.User{ID: "x", Email: "a@b@example.com"}, "miss"},
		"domain":                {access.Rule{Domains: []string{"Example.com"}}, verified("bob@example.COM"), `hit "example.COM"`},
		"other domain":          {access.Rule{Domains: []string{"example.com"}}, verified("bob@notexample.com"), "miss"},
		"unverified domain":     {access.Rule{Domains: []string{"example.com"}}, identity.User{ID: "x", Email: "b@example.com"}, `the e-mail address were verified "example.com"`},
		"subdomain":             {access.Rule{Domains: []string{"example.com"}}, verified("bob@a.B.example.com"), `the rule named the subdomain "a.b.example.com" itself "a.b.example.com"`},
		"unverified subdomain":  {access.Rule{Domains: []string{"example.com"}}, identity.User{ID: "x", Email: "bob@a.example.com"}, `the e-mail address were verified and the rule named the subdomain "a.example.com" itself "a.example.com"`},
		"parent of the domain":  {access.Rule{Domains: []string{"a.example.com"}}, verified("bob@example.com"), "miss"},
		"ID like a group":       {access.Rule{Groups: []string{"alice"}}, identity.User{ID: "alice"}, "miss"},
		"name like the user ID": {access.Rule{Users: []string{"alice"}}, identity.User{ID: "x", Name: "alice"}, "miss"},
	} {
		test.rule.Models = []string{office}
		e := explain(t, compile(t, access.List{test.rule}), &test.user, office)
		r := e.Rules[0]
		if len(r.Criteria) != 2 || outcome(r.Criteria[1]) != fmt.Sprintf("hit %q", office) {
			t.Errorf("%s: Criteria = %+v; want the rule's one and models", name, r.Criteria)
		}
		if got := outcome(r.Criteria[0]); got != test.want {
			t.Errorf("%s: %s; want %s", name, got, test.want)
		}
		if r.If != r.Criteria[0].If || r.Matched != r.Criteria[0].Hit {
			t.Errorf("%s: the rule says %v, %q and its criterion %+v", name, r.Matched, r.If, r.Criteria[0])
		}
	}
}

func TestOutcomeOfModels(t *testing.T) {
	table := compile(t, access.List{
		{Users: []string{"alice"}, Models: []string{warehouse, office}},
		{Users: []string{"alice"}, Models: []string{warehouse}},
		{Users: []string{"alice"}, Models: []string{"*"}},
		{Users: []string{"alice"}, Models: []string{office, "*"}},
	})
	for model, want := range map[string][]string{
		office:        {`hit "SxQL3iGyoDo"`, "miss", `hit "*"`, `hit "SxQL3iGyoDo"`},
		"00000000000": {"miss", "miss", `hit "*"`, `hit "*"`},
	} {
		for i, r := range explain(t, table, &identity.User{ID: "alice"}, model).Rules {
			got := r.Criteria[1]
			if got.Kind != "models" || outcome(got) != want[i] || r.Matched != got.Hit {
				t.Errorf("rule %d: %+v; want %s", i+1, got, want[i])
			}
		}
	}
}

func TestCriteriaAreTheRulesLists(t *testing.T) {
	var many []string
	for i := range 12 {
		many = append(many, fmt.Sprint("user-", i))
	}
	table := compile(t, access.List{{
		Users: many, Emails: []string{"A@x.example"}, Groups: []string{strings.Repeat("g", 255) + "é"}, Models: []string{office, "*"},
	}})
	got := explain(t, table, &identity.User{ID: "user-11"}, office)
	want := []access.RuleExplanation{{Number: 1, Matched: true, Criteria: []access.Criterion{
		{Kind: "users", Wants: many[:10], More: 2, Hit: true, Has: "user-11"},
		{Kind: "emails", Wants: []string{"A@x.example"}},
		{Kind: "groups", Wants: []string{strings.Repeat("g", 255) + "…"}},
		{Kind: "models", Wants: []string{"*", office}, Hit: true, Has: office},
	}}}
	if diff := cmp.Diff(want, got.Rules); diff != "" {
		t.Errorf("Rules (-want +got):\n%s", diff)
	}
}

func TestLongPolicyIsExplainedInShort(t *testing.T) {
	list := make(access.List, 10_000)
	for i := range list {
		list[i] = access.Rule{Users: []string{fmt.Sprint("user-", i)}, Models: []string{benchModel(i)}}
	}
	list[9_000] = access.Rule{Users: []string{"ALICE"}, Models: []string{office}}
	list[9_500] = access.Rule{Users: []string{"alice"}, Models: []string{office}}
	list[9_600] = access.Rule{Users: []string{"alice"}, Models: []string{warehouse}}
	list[9_700] = access.Rule{Users: []string{"bob"}, Models: []string{office}}
	e := explain(t, compile(t, list), &identity.User{ID: "alice"}, office)
	var numbers []int
	for _, r := range e.Rules {
		numbers = append(numbers, r.Number)
	}
	if len(numbers) != 100 || e.Omitted != 9_900 || !slices.IsSorted(numbers) || !slices.Equal(numbers[95:], []int{96, 9_001, 9_501, 9_601, 9_701}) {
		t.Errorf("rules %v and %d more; want the first 96 and the 4 that have to do with the question", numbers, e.Omitted)
	}
	if e.Text != `rule 9501: user "alice"` {
		t.Errorf("Text = %s", e.Text)
	}
}

func TestMatchingRulesComeFirstWhereNotAllAreListed(t *testing.T) {
	var list access.List
	for i := range 300 {
		list = append(list, access.Rule{Users: []string{"Alice"}, Groups: []string{fmt.Sprint(i)}, Models: []string{office}})
	}
	list = append(list, access.Rule{Users: []string{"alice"}, Models: []string{"*"}})
	e := explain(t, compile(t, list), &identity.User{ID: "alice"}, office)
	if len(e.Rules) != 100 || !e.Rules[99].Matched || e.Text != `rule 301: user "alice"` {
		t.Errorf("%d rules, %s", len(e.Rules), e.Text)
	}
}

func TestZeroTableExplainsNothing(t *testing.T) {
	e := explain(t, compile(t, access.List{}), &identity.User{ID: "alice", Email: "a@b.example", Groups: []string{"a"}}, office)
	want := access.Explanation{Reason: "no_rule", Text: "no rule allows " + office}
	if diff := cmp.Diff(want, e); diff != "" {
		t.Errorf("Explanation (-want +got):\n%s", diff)
	}
}
