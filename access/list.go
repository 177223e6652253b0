package access

import (
	"maps"
	"slices"
	"time"

	"github.com/go-pme/pme/access/internal/people"
	"github.com/go-pme/pme/access/internal/written"
	"github.com/go-pme/pme/access/selector"
	"github.com/go-pme/pme/event"
)

// Rule lets people see models. It applies to every user who matches at least one entry of Users, Emails,
// Domains or Groups. A rule without any of them is an error. It never applies to all users.
type Rule struct {
	// Users are values of [identity.User.ID], compared exactly. The package documentation says which entries
	// are errors because they can never match.
	Users []string

	// Emails are whole addresses, compared without regard to ASCII letter case. They count only for
	// people whose address is verified.
	Emails []string

	// Domains are the parts of addresses after the "@", compared without regard to ASCII letter case. Both
	// spellings of an internationalized domain match.
	// Subdomains are not included. They count only for people whose address is verified.
	Domains []string

	// Groups are values of [identity.User.Groups], compared exactly.
	Groups []string

	// Models are model IDs, "*" for every model of the account, or selectors such as "folder:Plant 3/**": see
	// package selector. At least one is required.
	Models []string

	// Names are display names by model ID. Optional; each key must be an ID among Models. A name
	// holds for the model wherever the list grants it, so no two rules may name one model differently.
	Names map[string]string

	// Except is taken away from what this rule grants, and from nothing else. Optional.
	Except Except

	// From and Until are when the rule begins and ends. It applies at From, and not at Until or later. The zero time
	// means that it has no beginning or no end.
	From, Until time.Time
}

// Except is what a [Rule] does not grant: to the people who match at least one entry it grants nothing, and to others it does
// not grant Models. Entries are written as those of a Rule. An e-mail address or a domain excludes its users even if the
// address is not verified.
type Except struct {
	Users   []string
	Emails  []string
	Domains []string
	Groups  []string
	Models  []string // IDs and selectors, but not "*"
}

// List is a list of rules, each adding to what the others allow. Their order decides only the order of
// [Grants.Models]. A List without rules is valid, and allows nothing.
type List []Rule

// Policy checks the list and compiles it. The error names every problem with the number of its rule,
// counted from 1. Later changes to l have no effect on the Policy. The cost of Allowed does not depend on the
// number of rules or of a user's groups: one look-up for the model and one for the user, without allocation once a user has
// asked.
func (l List) Policy() (Policy, error) {
	rules, err := l.written()
	if err != nil {
		return nil, err
	}
	return newInForce(event.LoggerOr(nil), rules, origin{}), nil
}

// written checks the list. The error names every problem. Rules are counted from 1.
func (l List) written() ([]written.Rule, error) {
	p := &written.Problems{Prefix: "access: rule ", Unit: "rule"}
	rules := make([]written.Rule, len(l))
	for i, r := range l {
		rules[i] = r.written(i+1, p)
	}
	written.Check(rules, p)
	if err := p.Err(); err != nil {
		return nil, err
	}
	return rules, nil
}

func (r Rule) written(number int, p *written.Problems) written.Rule {
	out := written.Rule{
		At:     number,
		Who:    who(number, r.Users, r.Emails, r.Domains, r.Groups),
		Models: models(number, r.Models, p),
		Except: written.Except{
			Who:    who(number, r.Except.Users, r.Except.Emails, r.Except.Domains, r.Except.Groups),
			Models: models(number, r.Except.Models, p),
		},
		From:  moment(number, r.From),
		Until: moment(number, r.Until),
	}
	out.Broken = len(out.Models) < len(r.Models) || len(out.Except.Models) < len(r.Except.Models) // reported already
	for i, e := range out.Models {
		out.Models[i].Name, out.Models[i].Named = r.Names[e.Value]
	}
	for _, id := range slices.Sorted(maps.Keys(r.Names)) {
		if !slices.Contains(r.Models, id) {
			p.Addf(number, "Names has a name for model %.64q, which is not among the rule's Models", id)
		}
	}
	return out
}

func who(number int, lists ...[]string) (w written.Who) {
	for k := range people.Kinds {
		for _, value := range lists[k] {
			w[k] = append(w[k], written.Entry{At: number, Value: value})
		}
	}
	return w
}

func models(number int, values []string, p *written.Problems) []written.Entry {
	var entries []written.Entry
	for _, value := range values {
		e := written.Entry{At: number, Value: value}
		if selector.Is(value) {
			s, err := selector.Parse(value)
			if err != nil {
				p.Addf(number, "%v", err)
				continue
			}
			e.Selector, e.Value = s, s.String()
		}
		entries = append(entries, e)
	}
	return entries
}

func moment(number int, t time.Time) written.Moment {
	if t.IsZero() {
		return written.Moment{}
	}
	return written.Moment{At: number, Text: t.Format(time.RFC3339Nano), Time: t.Round(0)}
}
