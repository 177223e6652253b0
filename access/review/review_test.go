package review_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/access/review"
	"github.com/go-pme/pme/access/selector"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/matterport"
)

const (
	office    = "SxQL3iGyoDo"
	warehouse = "yyHDFKzPzvN"
	viewID    = "0ehmdabhd31ra7pyai5igb9sb"
)

var today = time.Date(2026, 12, 15, 12, 0, 0, 0, time.UTC)

// parsed returns the rules of a file with this text.
func parsed(t testing.TB, text string) *review.Rules {
	t.Helper()
	path := filepath.Join(t.TempDir(), "allow.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	rules, err := review.File(path)
	if err != nil {
		t.Fatal(err)
	}
	return rules
}

func compiled(t testing.TB, list access.List) *review.Rules {
	t.Helper()
	policy, err := list.Policy()
	if err != nil {
		t.Fatal(err)
	}
	rules, err := review.Policy(policy)
	if err != nil {
		t.Fatal(err)
	}
	return rules
}

const text = `rules:
  - groups: [facilities]
    models: ["*"]
    except:
      groups: [contractors]
  - emails: [dana@contractor.example]
    models: [{id: SxQL3iGyoDo, name: Head office}, "folder:Plant 3/**"]
    from: 2026-12-01 UTC
    until: 2026-12-31 UTC
  - users: [bob]
    models: [SxQL3iGyoDo]
    until: 2026-11-30 UTC
`

func plant() selector.Resolution {
	return selector.Resolution{{Folder: "Plant 3", Below: true}: {Models: []string{warehouse}, At: today}}
}

func golden(t *testing.T, want, got string) {
	t.Helper()
	if diff := cmp.Diff(strings.TrimLeft(want, "\n"), got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestWhoMaySeeASpace(t *testing.T) {
	rules := parsed(t, text).Resolve(plant())
	golden(t, `
who may see SxQL3iGyoDo at 2026-12-15T12:00:00Z
rule  line  who                             by           state  from            until           except
1     2     groups facilities               *            now    -               -               groups contractors
2     6     emails dana@contractor.example  SxQL3iGyoDo  now    2026-12-01 UTC  2026-12-31 UTC  -
3     10    users bob                       SxQL3iGyoDo  ended  -               2026-11-30 UTC  -
`, rules.Who(office, today).String())
	golden(t, `
who may see yyHDFKzPzvN at 2026-11-15T12:00:00Z
rule  line  who                             by                 state  from            until           except
1     2     groups facilities               *                  now    -               -               groups contractors
2     6     emails dana@contractor.example  folder:Plant 3/**  later  2026-12-01 UTC  2026-12-31 UTC  -
`, rules.Who(warehouse, today.AddDate(0, -1, 0)).String())
	golden(t, "who may see "+viewID+" at 2026-12-15T12:00:00Z\nno rule is for it\n", rules.Who(viewID, today).String())
}

func TestWhatAPersonMaySee(t *testing.T) {
	rules := parsed(t, text).Resolve(plant())
	dana := &identity.User{ID: "7", Email: "dana@contractor.example", EmailVerified: true, Groups: []string{"facilities", "contractors"}}
	golden(t, `
what 7 may see at 2026-12-15T12:00:00Z
model        name         until
SxQL3iGyoDo  Head office  2027-01-01T00:00:00Z
yyHDFKzPzvN  -            2027-01-01T00:00:00Z

rule  line  by                                        models                          state                        from            until           except
1     2     group "facilities"                        *                               excepts group "contractors"  -               -               groups contractors
2     6     e-mail address "dana@contractor.example"  SxQL3iGyoDo, folder:Plant 3/**  now                          2026-12-01 UTC  2026-12-31 UTC  -
`, rules.What(dana, today).String())
	golden(t, `
what eve may see at 2026-12-15T12:00:00Z
model  name  until
*      -     -

rule  line  by                  models  state  from  until  except
1     2     group "facilities"  *       now    -     -      groups contractors
`, rules.What(&identity.User{ID: "eve", Groups: []string{"facilities"}}, today).String())
	golden(t, "what a user who is not signed in may see at 2026-12-15T12:00:00Z\nno models\n", rules.What(nil, today).String())
}

func TestChangeOfAListIsShownForAReview(t *testing.T) {
	before := parsed(t, text)
	bob := &identity.User{ID: "bob"}
	for name, test := range map[string]struct{ old, new, want string }{
		"nothing":   {"", "", "no grant changes\n"},
		"a comment": {"rules:", "# reviewed\nrules:", "no grant changes: only the order of rules, names or comments do\n"},
		"a name":    {"Head office", "Headquarters", "no grant changes: only the order of rules, names or comments do\n"},
		"a group": {
			"[facilities]", "[facilities, Security]",
			"+ groups Security: * (except groups contractors)\n",
		},
		"a date": {
			"until: 2026-11-30 UTC", "until: 2027-11-30 UTC",
			"- users bob: SxQL3iGyoDo (until 2026-11-30 UTC)\n+ users bob: SxQL3iGyoDo (until 2027-11-30 UTC)\n" +
				"  bob, SxQL3iGyoDo: until 2026-12-01T00:00:00Z → until 2027-12-01T00:00:00Z\n",
		},
		"the same date": {"until: 2026-11-30 UTC", "until: 2026-12-01T00:00:00Z", "no grant changes: only the order of rules, names or comments do\n"},
	} {
		got := review.Diff(before, parsed(t, strings.Replace(text, test.old, test.new, 1)), bob)
		if diff := cmp.Diff(test.want, got.String()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestListThatIsTooLongIsCut(t *testing.T) {
	var r access.Rule
	for i := range 1500 {
		r.Users = append(r.Users, fmt.Sprint("user", i))
	}
	r.Models = []string{office}
	got := review.Diff(compiled(t, access.List{}), compiled(t, access.List{r}))
	if len(got.Gained) != 1000 || got.Omitted != 500 || !strings.HasSuffix(got.String(), "and 500 more\n") {
		t.Errorf("%d gained, %d omitted", len(got.Gained), got.Omitted)
	}
}

func TestOnlyRulesCanBeReviewed(t *testing.T) {
	if _, err := review.Policy(access.Func(nil)); err == nil {
		t.Error("a Func can be reviewed")
	}
	if _, err := review.File(filepath.Join(t.TempDir(), "missing.yaml")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("File: %v", err)
	}
}

func TestAnswersAreJSON(t *testing.T) {
	rules := parsed(t, text)
	for _, answer := range []any{rules.Who(office, today), rules.What(&identity.User{ID: "bob"}, today), review.Diff(rules, rules), rules.Check(today)} {
		data, err := json.Marshal(answer)
		if err != nil || strings.Contains(string(data), `"Rule"`) || strings.Contains(string(data), "0001-01-01") {
			t.Errorf("%v: %s", err, data)
		}
	}
}

// accountOf lists these models, two a page.
type accountOf []matterport.Model

func (a accountOf) Models(_ context.Context, q matterport.ModelQuery) (*matterport.ModelPage, error) {
	start := 0
	if q.Offset != "" {
		_, _ = fmt.Sscan(q.Offset, &start)
	}
	end := min(start+2, len(a))
	page := &matterport.ModelPage{Models: a[start:end], Total: len(a)}
	if end < len(a) {
		page.NextOffset = fmt.Sprint(end)
	}
	return page, nil
}

func TestCheckOnlineComparesWithMatterport(t *testing.T) {
	rules := parsed(t, text).Resolve(selector.Resolution{{Folder: "Plant 3", Below: true}: {At: today, Problem: "there is no such folder"}})
	found, err := rules.CheckOnline(t.Context(), accountOf{{ID: "aaaaaaaaaaa"}, {ID: "bbbbbbbbbbb"}, {ID: office, Name: "Main building"}}, today)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, `
line 6: hint: the model SxQL3iGyoDo is named "Head office" here and "Main building" at Matterport: check that the right model is meant
line 6: warning: folder:Plant 3/**: there is no such folder: correct the selector, or what Matterport has
line 10: warning: the rule has ended: until 2026-11-30 UTC: remove it, or give it another end
`, found.String())
	found, err = rules.CheckOnline(t.Context(), accountOf{}, today)
	if err != nil || strings.Count(found.String(), "does not list the model "+office) != 2 {
		t.Errorf("%v\n%s", err, found)
	}
}
