package review_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/access/review"
	"github.com/go-pme/pme/access/selector"
	"github.com/go-pme/pme/identity"
)

func rule(who, models string, more ...string) string {
	return "  - " + who + "\n    models: " + models + "\n" + strings.Join(more, "")
}

func TestOddRulesAreFound(t *testing.T) {
	fine := rule("users: [alice]", "[SxQL3iGyoDo]")
	for name, test := range map[string]struct{ rules, want string }{
		"nothing":            {fine + rule("users: [bob]", "[yyHDFKzPzvN]"), ""},
		"ended":              {rule("users: [bob]", "[SxQL3iGyoDo]", "    until: 2026-12-14 UTC\n"), "line 2: warning: the rule has ended"},
		"not ended":          {rule("users: [bob]", "[SxQL3iGyoDo]", "    until: 2026-12-15 UTC\n"), ""},
		"far ahead":          {rule("users: [bob]", "[SxQL3iGyoDo]", "    from: 2062-12-14 UTC\n"), "hint: the rule begins in more than a year"},
		"excepts all":        {rule("users: [bob]\n    emails: [e@x.example]", "['*']", "    except: {users: [bob], domains: [X.example]}\n"), "excepts everybody"},
		"excepts some":       {rule("users: [bob, eve]", "['*']", "    except: {users: [bob]}\n"), ""},
		"no models left":     {rule("users: [bob]", "[SxQL3iGyoDo]", "    except: {models: [SxQL3iGyoDo]}\n"), "grants nothing"},
		"excepts nothing":    {rule("users: [bob]", "[SxQL3iGyoDo]", "    except: {models: [yyHDFKzPzvN]}\n"), "which it does not select"},
		"a view":             {rule("users: [bob]", "["+viewID+"]"), "is a view"},
		"all and one":        {rule("users: [bob]", "['*', SxQL3iGyoDo]"), `names "*" and SxQL3iGyoDo`},
		"all and a name":     {rule("users: [bob]", "['*', {id: SxQL3iGyoDo, name: Office}]"), ""},
		"address, domain":    {rule("emails: [a@X.example]\n    domains: [x.example]", "[SxQL3iGyoDo]"), "names a@X.example and its domain"},
		"covered":            {fine + rule("users: [alice, bob]", "['*']"), "line 2: hint: rule 2 grants all"},
		"covered by domain":  {rule("domains: [x.example]", "[SxQL3iGyoDo, yyHDFKzPzvN]") + rule("emails: [a@x.example]", "[SxQL3iGyoDo]"), "line 4: hint: rule 1 grants all"},
		"covered for now":    {fine + rule("users: [alice]", "['*']", "    until: 2027-12-31 UTC\n"), ""},
		"covered in time":    {rule("users: [alice]", "[SxQL3iGyoDo]", "    until: 2027-12-31 UTC\n") + fine, "line 2: hint: rule 2 grants all"},
		"covered but one":    {fine + rule("users: [alice]", "['*']", "    except: {models: [SxQL3iGyoDo]}\n"), ""},
		"a view is not":      {rule("users: [bob]", "['*']") + rule("users: [bob]", "["+viewID+"]"), "is a view"},
		"undone":             {rule("groups: [staff]", "['*']", "    except: {groups: [guests]}\n") + rule("groups: [guests]", "[SxQL3iGyoDo]"), "to whom rule 2 grants"},
		"undone by itself":   {rule("groups: [staff]", "['*']", "    except: {groups: [guests]}\n") + rule("groups: [guests, x]", "['*']", "    except: {groups: [guests]}\n"), ""},
		"undone in time":     {rule("groups: [staff]", "['*']", "    except: {groups: [guests]}\n    from: 2026-12-16 UTC\n") + rule("groups: [guests]", "[SxQL3iGyoDo]", "    until: 2026-12-15 UTC\n"), ""},
		"shared":             {rule("users: [a, b]", "[SxQL3iGyoDo, yyHDFKzPzvN]") + rule("users: [b, c]", "[yyHDFKzPzvN, JGPnGQ6hosj]"), "line 4: hint: rule 1 grants yyHDFKzPzvN to users b too"},
		"excepts a stranger": {rule("users: [a, b]", "[SxQL3iGyoDo]", "    except: {users: [c]}\n"), "excepts the user c, whom it does not name"},
		"two spellings":      {rule("domains: [bücher.example]", "[SxQL3iGyoDo]") + rule("domains: [xn--bcher-kva.example]", "[SxQL3iGyoDo]"), "line 4: hint: rule 1 grants all"},
		"spelled":            {rule("groups: [Facilities]", "[SxQL3iGyoDo]") + rule("groups: [facilities]", "[yyHDFKzPzvN]"), `"facilities" is spelled "Facilities" in rule 1`},
		"not resolved":       {rule("users: [bob]", "['folder:Plant 3']"), ""},
	} {
		found := parsed(t, "rules:\n"+test.rules).Check(today)
		if test.want == "" && len(found) > 0 || test.want != "" && (len(found) != 1 || !strings.Contains(found.String(), test.want)) {
			t.Errorf("%s: want %q\n%s", name, test.want, found)
		}
	}
}

func TestSelectorsWithoutSpacesAreFoundOnceTheyAreResolved(t *testing.T) {
	rules := parsed(t, "rules:\n"+rule("users: [bob]", "['folder:Plant 3']")+rule("users: [eve]", "['*']", "    except: {models: ['folder:Plant 3']}\n"))
	for name, test := range map[string]struct {
		result selector.Result
		want   []string
	}{
		"empty":   {selector.Result{At: today}, []string{"selectors stand for no spaces"}},
		"unknown": {selector.Result{}, []string{"selectors stand for no spaces", "excepts a selector that is not resolved"}},
		"well":    {selector.Result{At: today, Models: []string{office}}, nil},
	} {
		found := rules.Resolve(selector.Resolution{{Folder: "Plant 3"}: test.result}).Check(today)
		if len(found) != len(test.want) {
			t.Errorf("%s:\n%s", name, found)
		}
		for _, want := range test.want {
			if !strings.Contains(found.String(), want) {
				t.Errorf("%s: want %q\n%s", name, want, found)
			}
		}
	}
}

// Lists of a large company, in the shapes that cost most.
func BenchmarkCheck(b *testing.B) {
	many := func(i int) (models []string) {
		for j := range 47 {
			models = append(models, fmt.Sprintf("M%04d%06d", i, j))
		}
		return models
	}
	same, distinct := make(access.List, 1000), make(access.List, 1000)
	for i := range 1000 {
		until := today.Add(time.Duration(i+1) * time.Hour)
		same[i] = access.Rule{Users: []string{"a", "b"}, Models: many(0), Until: until, Except: access.Except{Users: []string{"a"}}}
		distinct[i] = access.Rule{Users: []string{"a", "b"}, Models: many(i), Until: until, Except: access.Except{Users: []string{"a"}}}
	}
	for name, list := range map[string]access.List{"groups": company(), "same models": same, "own models": distinct} {
		rules := compiled(b, list)
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				rules.Check(today)
			}
		})
		b.Run("diff of "+name, func(b *testing.B) {
			for b.Loop() {
				review.Diff(rules, compiled(b, list[1:]), &identity.User{ID: "b", Groups: []string{"group 1", "group 2", "group 3"}})
			}
		})
	}
}

func company() access.List {
	list := make(access.List, 1000)
	for i := range list {
		for j := range 50 {
			list[i].Groups = append(list[i].Groups, fmt.Sprintf("group %d", (i*7+j)%2000))
		}
		list[i].Models = []string{fmt.Sprintf("Model%06d", i%500)}
		list[i].Until = today.Add(time.Duration(i+1) * time.Hour)
	}
	return list
}
