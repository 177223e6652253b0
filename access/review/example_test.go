package review_test

import (
	"fmt"
	"time"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/access/review"
)

// rulesOf returns the rules of a list that is known to be valid.
func rulesOf(list access.List) *review.Rules {
	policy, err := list.Policy()
	if err != nil {
		panic(err)
	}
	rules, err := review.Policy(policy)
	if err != nil {
		panic(err)
	}
	return rules
}

// A pull request changes an allow-list.
func ExampleDiff() {
	before := rulesOf(access.List{{Groups: []string{"facilities", "guests"}, Models: []string{"SxQL3iGyoDo"}}})
	after := rulesOf(access.List{{Groups: []string{"facilities", "security"}, Models: []string{"SxQL3iGyoDo"}}})
	fmt.Print(review.Diff(before, after))
	// Output:
	// - groups guests: SxQL3iGyoDo
	// + groups security: SxQL3iGyoDo
}

func ExampleRules_Who() {
	rules := rulesOf(access.List{
		{Groups: []string{"facilities"}, Models: []string{"*"}},
		{Users: []string{"bob"}, Models: []string{"SxQL3iGyoDo"}},
	})
	fmt.Print(rules.Who("SxQL3iGyoDo", time.Date(2026, 12, 15, 0, 0, 0, 0, time.UTC)))
	// Output:
	// who may see SxQL3iGyoDo at 2026-12-15T00:00:00Z
	// rule  line  who                by           state  from  until  except
	// 1     -     groups facilities  *            now    -     -      -
	// 2     -     users bob          SxQL3iGyoDo  now    -     -      -
}

func ExampleRules_Check() {
	rules := rulesOf(access.List{{Users: []string{"bob"}, Models: []string{"SxQL3iGyoDo"}, Until: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)}})
	fmt.Print(rules.Check(time.Date(2026, 12, 15, 0, 0, 0, 0, time.UTC)))
	// Output:
	// rule 1: warning: the rule has ended: until 2026-12-01T00:00:00Z: remove it, or give it another end
}
