package compiled

import (
	"fmt"

	"github.com/go-pme/pme/access/internal/people"
)

// reaches adds up the rules for each value. Values in the same rules share one reach, so that a rule with
// many people and many models costs their sum and not their product.
func (t *Table) reaches(naming map[people.Kind]map[string][]int) {
	shared := make(map[string]*reach)
	for k, byValue := range naming {
		for value, rules := range byValue {
			key := fmt.Sprint(rules)
			if shared[key] == nil {
				shared[key] = t.reach(rules)
			}
			t.facts[k][value] = shared[key]
		}
	}
}

// reach adds up what rules allow.
func (t *Table) reach(rules []int) *reach {
	r := new(reach)
	for _, i := range rules {
		rule := t.rules[i]
		r.rules.add(i)
		if rule.condition != unconditional {
			r.conditions.add(rule.condition)
			continue
		}
		r.all = r.all || rule.all
		for _, n := range rule.models {
			r.models.add(n)
		}
	}
	return r
}
