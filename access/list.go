package access

import (
	"maps"
	"slices"
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

	// Models are model IDs, or "*" for every model of the account. At least one is required.
	Models []string

	// Names are display names by model ID. Optional; each key must be one of Models and not "*". A name
	// holds for the model wherever the list grants it, so no two rules may name one model differently.
	Names map[string]string
}

// List is a list of rules, each adding to what the others allow. Their order decides only the order of
// [Grants.Models]. A List without rules is valid, and allows nothing.
type List []Rule

// Policy checks the list and compiles it. The error names every problem with the number of its rule,
// counted from 1. Later changes to l have no effect on the Policy. The cost of Allowed does not depend on the
// number of rules: one look-up for the model and one for each fact about the user, without allocation.
func (l List) Policy() (Policy, error) {
	t, err := compile(l)
	if err != nil {
		return nil, err
	}
	return t, nil
}

// check reports every problem of the list. Rules are counted from 1.
func (l List) check() error {
	p := &problems{prefix: "access: rule ", unit: "rule"}
	drafts := make([]draft, len(l))
	for i, r := range l {
		drafts[i] = r.draft(i+1, p)
	}
	checkDrafts(drafts, p)
	return p.err()
}

// subjects returns the rule's people, by kind.
func (r Rule) subjects() [kinds][]string {
	return [kinds][]string{users: r.Users, emails: r.Emails, domains: r.Domains, groups: r.Groups}
}

func (r Rule) draft(number int, p *problems) draft {
	d := draft{at: number}
	for k, values := range r.subjects() {
		for _, v := range values {
			d.subjects[k] = append(d.subjects[k], entry{at: number, value: v})
		}
	}
	for _, id := range r.Models {
		name, named := r.Names[id]
		d.models = append(d.models, entry{at: number, value: id, name: name, named: named})
	}
	for _, id := range slices.Sorted(maps.Keys(r.Names)) {
		if !slices.Contains(r.Models, id) {
			p.addf(number, "Names has a name for model %.64q, which is not among the rule's Models", id)
		}
	}
	return d
}
