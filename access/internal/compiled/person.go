package compiled

import (
	"slices"
	"strings"

	"github.com/go-pme/pme/access/internal/people"
	"github.com/go-pme/pme/identity"
)

// A person is what the rules give one user, worked out once from all facts about the user.
type person struct {
	id       string
	email    string
	verified bool
	groups   []string

	all        bool // without a condition
	models     set  // without a condition
	conditions set  // without those that exclude the user
	rules      set  // that name the user
}

// is reports whether all facts about u are those of p.
func (p *person) is(u *identity.User) bool {
	return p.id == u.ID && p.email == u.Email && p.verified == u.EmailVerified && slices.Equal(p.groups, u.Groups)
}

// person returns what the rules give u, who must be signed in.
func (t *Table) person(u *identity.User) *person {
	if p := t.people.find(u); p != nil {
		return p
	}
	p := t.add(u)
	t.people.store(p)
	return p
}

// add adds up the reaches of all facts about u.
func (t *Table) add(u *identity.User) *person {
	p := &person{
		// The slice is copied, as its owner can change it. The strings are not: equal strings in one place are compared fast.
		id: u.ID, email: u.Email, verified: u.EmailVerified, groups: slices.Clone(u.Groups),
	}
	for _, r := range t.own(u) {
		p.reach(r)
	}
	for _, name := range u.Groups {
		p.reach(t.facts[people.Groups][name])
	}
	p.conditions.removeAll(t.excluding(u))
	return p
}

// reach adds r, which may be nil.
func (p *person) reach(r *reach) {
	if r == nil {
		return
	}
	p.all = p.all || r.all
	p.models.addAll(r.models)
	p.conditions.addAll(r.conditions)
	p.rules.addAll(r.rules)
}

// own returns the reaches of u's ID, address and domain, with nil for each that no rule names.
func (t *Table) own(u *identity.User) [3]*reach {
	found := [3]*reach{t.facts[people.Users][u.ID]}
	if !u.EmailVerified {
		return found
	}
	if address, domain, ok := people.Address(u.Email); ok {
		found[people.Emails] = t.facts[people.Emails][address]
		found[people.Domains] = t.facts[people.Domains][domain]
	}
	return found
}

// excluding returns the conditions that exclude u. An address excludes its owner even if it is not verified: it fails closed.
func (t *Table) excluding(u *identity.User) set {
	if len(t.conditions) == 0 {
		return nil
	}
	out := t.excepts[people.Users][u.ID].clone()
	if address, domain, ok := people.Address(strings.TrimSpace(u.Email)); ok {
		out.addAll(t.excepts[people.Emails][address])
		out.addAll(t.excepts[people.Domains][domain])
	}
	for _, name := range u.Groups {
		out.addAll(t.excepts[people.Groups][name])
	}
	return out
}
