package written

import (
	"fmt"
	"slices"

	"github.com/go-pme/pme/access/internal/people"
)

// Check reports everything that is wrong with rules, however they were written down.
func Check(rules []Rule, p *Problems) {
	c := checker{Problems: p, rules: make(map[string]int), names: make(map[string]Entry)}
	for _, r := range rules {
		c.rule(r)
	}
}

// checker remembers what the rules so far have said.
type checker struct {
	*Problems
	rules map[string]int   // the places of rules, by all that they say
	names map[string]Entry // the first entry that names a model, by the model's ID
}

func (c *checker) rule(r Rule) {
	before := len(c.found)
	lists := append(c.who(r.Who, ""), c.models(r.Models, ""))
	lists = append(lists, c.who(r.Except.Who, excepted)...)
	lists = append(lists, c.models(r.Except.Models, excepted))
	if r.Broken {
		return
	}
	if r.Who.none() {
		c.Addf(r.At, "the rule names no people: give users, emails, domains or groups")
	}
	if len(r.Models) == 0 {
		c.Addf(r.At, `the rule grants nothing: give models, or "*" for all`)
	}
	c.dates(r)
	if len(c.found) == before {
		c.repeated(r, lists)
	}
}

// excepted stands before the name of a list of exceptions.
const excepted = "except."

// dates reports dates that are mistakes, and a rule that ends before it begins.
func (c *checker) dates(r Rule) {
	for _, m := range []Moment{r.From, r.Until} {
		if err := CheckMoment(m.Time); m.Given() && err != nil {
			c.Addf(m.At, "%v", err)
		}
	}
	if r.From.Given() && r.Until.Given() && !r.From.Time.Before(r.Until.Time) {
		c.Addf(r.Until.At, "the rule ends (%s) before or when it begins (%s)", r.Until.Text, r.From.Text)
	}
}

// repeated reports a rule that says the same as an earlier one, in whatever order.
func (c *checker) repeated(r Rule, lists [][]string) {
	for _, l := range lists {
		slices.Sort(l)
	}
	key := fmt.Sprintf("%q %v %v", lists, r.From.Time.UTC(), r.Until.Time.UTC())
	if first, ok := c.rules[key]; ok {
		same := "people and models"
		if r.From.Given() || r.Until.Given() || !r.Except.Who.none() || len(r.Except.Models) > 0 {
			same = "people, models, dates and exceptions"
		}
		c.Addf(r.At, "the rule has the same %s as an earlier one (%s %d): remove one", same, c.Unit, first)
		return
	}
	c.rules[key] = r.At
}

// who checks lists of people and returns their entries as they are compared.
func (c *checker) who(w Who, prefix string) [][]string {
	var lists [][]string
	for k, entries := range w {
		lists = append(lists, c.subjects(people.Kind(k), entries, prefix))
	}
	return lists
}
