package access

import (
	"fmt"
	"slices"
)

// compile checks a list and turns it into a table. The error names every problem with the number of its
// rule, counted from 1. The table shares no memory with l.
func compile(l List) (*table, error) {
	if err := l.check(); err != nil {
		return nil, err
	}
	t := &table{numbers: make(map[string]int)}
	var naming [kinds]map[string][]int // which rules name a person, by kind and value
	for k := range naming {
		naming[k] = make(map[string][]int)
	}
	for i, r := range l {
		t.rules = append(t.rules, t.grant(r))
		t.wants = append(t.wants, r.subjects())
		for k, values := range r.subjects() {
			t.wants[i][k] = slices.Clone(values)
			for _, v := range values {
				for _, v := range spellings(kind(k), v) {
					if !slices.Contains(naming[k][v], i) {
						naming[k][v] = append(naming[k][v], i)
					}
				}
			}
		}
	}
	shared := make(map[string]*reach)
	for k, byValue := range naming {
		t.index[k] = t.reaches(byValue, shared)
	}
	return t, nil
}

// grant numbers the rule's models.
func (t *table) grant(r Rule) grant {
	var g grant
	for _, id := range r.Models {
		if id == anyModel {
			g.all = true
			continue
		}
		n, ok := t.numbers[id]
		if !ok {
			n = len(t.models)
			t.numbers[id] = n
			t.models = append(t.models, Model{ID: id})
		}
		if name, ok := r.Names[id]; ok {
			t.models[n].Name = name
		}
		g.models = append(g.models, n)
	}
	return g
}

// reaches adds up the rules for each value. Values in the same rules share one reach, so that a rule with
// many people and many models costs their sum and not their product.
func (t *table) reaches(naming map[string][]int, shared map[string]*reach) map[string]*reach {
	reaches := make(map[string]*reach, len(naming))
	for value, rules := range naming {
		key := fmt.Sprint(rules)
		if shared[key] == nil {
			shared[key] = t.reach(rules)
		}
		reaches[value] = shared[key]
	}
	return reaches
}

// reach adds up what rules allow.
func (t *table) reach(rules []int) *reach {
	r := &reach{rules: rules}
	for _, i := range rules {
		r.all = r.all || t.rules[i].all
		for _, n := range t.rules[i].models {
			r.models.add(n)
		}
	}
	return r
}
