package compiled

import (
	"strings"

	"github.com/go-pme/pme/access/internal/people"
	"github.com/go-pme/pme/identity"
)

// Evidence holds the findings about a person and the people whom rules exclude, rule by rule. It is read from the index that
// Allowed reads, so that both use the same rules.
type Evidence struct {
	found    [people.Kinds]map[int]Finding // by the rule's place
	excluded [people.Kinds]map[int]Finding
	hits     set // rules with a hit
	nears    set // rules with a near miss
}

// A Finding is a fact about a person that an entry of a rule matches, or would match if a condition were met.
type Finding struct {
	Has string
	If  string // "" for a hit
}

// Found returns what a rule's entries of a kind match or nearly match.
func (e *Evidence) Found(k people.Kind, rule int) (f Finding, hit bool) {
	f, ok := e.found[k][rule]
	return f, ok && f.If == ""
}

// Excluded returns which of the person's facts a rule excludes.
func (e *Evidence) Excluded(k people.Kind, rule int) (f Finding, hit bool) {
	f, hit = e.excluded[k][rule]
	return f, hit
}

// Hit reports whether the rule names the person.
func (e *Evidence) Hit(rule int) bool { return e.hits.has(rule) }

// Near reports whether an entry of the rule nearly names the person.
func (e *Evidence) Near(rule int) bool { return e.nears.has(rule) }

// add adds a finding to the rules of r, which may be nil. The first finding of a rule and kind stays, so hits
// must be added before near misses.
func (e *Evidence) add(k people.Kind, r *reach, f Finding) {
	if r == nil {
		return
	}
	for rule := range r.rules.all() {
		if !first(&e.found[k], rule, f) {
			continue
		}
		if f.If == "" {
			e.hits.add(rule)
		} else {
			e.nears.add(rule)
		}
	}
}

// first stores a finding if the rule has none yet.
func first(found *map[int]Finding, rule int, f Finding) bool {
	if *found == nil {
		*found = make(map[int]Finding)
	}
	_, ok := (*found)[rule]
	if !ok {
		(*found)[rule] = f
	}
	return !ok
}

// exclude adds a finding to the rules that exclude the value.
func (e *Evidence) exclude(t *Table, k people.Kind, value, has string) {
	for number := range t.excepts[k][value].all() {
		rule := t.conditions[number].rule
		first(&e.excluded[k], rule, Finding{Has: has})
	}
}

// Evidence collects the findings about u, who must be signed in.
func (t *Table) Evidence(u *identity.User) *Evidence {
	e := new(Evidence)
	_, domain, _ := strings.Cut(u.Email, "@")
	facts := [...]string{people.Users: u.ID, people.Emails: u.Email, people.Domains: domain}
	for k, r := range t.own(u) {
		e.add(people.Kind(k), r, Finding{Has: facts[k]})
	}
	for _, name := range u.Groups {
		e.add(people.Groups, t.facts[people.Groups][name], Finding{Has: name})
		e.exclude(t, people.Groups, name, name)
	}
	e.exclude(t, people.Users, u.ID, u.ID)
	if address, domain, ok := people.Address(strings.TrimSpace(u.Email)); ok {
		e.exclude(t, people.Emails, address, u.Email)
		e.exclude(t, people.Domains, domain, domain)
	}
	t.addSpelled(e, people.Users, []string{u.ID})
	t.addSpelled(e, people.Groups, u.Groups)
	t.addAddress(e, u)
	return e
}
