package access

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/spelling"
)

// evidence holds the findings about a person, rule by rule. It is read from the index that Allowed reads, so that
// both use the same rules.
type evidence struct {
	found [kinds]map[int]finding // by the rule's place
	hits  set                    // rules with a hit
	nears set                    // rules with a near miss
}

// finding is a fact about a person that an entry of a rule matches, or would match under a condition.
type finding struct {
	has       string
	condition string // "" for a hit
}

// hit reports whether a rule has an entry of this kind that matches.
func (e *evidence) hit(k kind, rule int) bool {
	f, ok := e.found[k][rule]
	return ok && f.condition == ""
}

// add adds a finding to the rules of r, which may be nil. The first finding of a rule and kind stays, so hits
// must be added before near misses.
func (e *evidence) add(k kind, r *reach, f finding) {
	if r == nil {
		return
	}
	if e.found[k] == nil {
		e.found[k] = make(map[int]finding)
	}
	for _, rule := range r.rules {
		if _, ok := e.found[k][rule]; ok {
			continue
		}
		e.found[k][rule] = f
		if f.condition == "" {
			e.hits.add(rule)
		} else {
			e.nears.add(rule)
		}
	}
}

// evidence collects the findings about u, who must be signed in.
func (t *table) evidence(u *identity.User) *evidence {
	e := new(evidence)
	_, domain, _ := strings.Cut(u.Email, "@")
	facts := [...]string{users: u.ID, emails: u.Email, domains: domain}
	for k, r := range t.own(u) {
		e.add(kind(k), r, finding{has: facts[k]})
	}
	for _, name := range u.Groups {
		e.add(groups, t.index[groups][name], finding{has: name})
	}
	t.addSpelled(e, users, []string{u.ID})
	t.addSpelled(e, groups, u.Groups)
	t.addAddress(e, u)
	return e
}

// addSpelled adds the near misses of values that the rules spell differently.
func (t *table) addSpelled(e *evidence, k kind, values []string) {
	seen := make(map[string]bool, len(values))
	for _, value := range values {
		key := spelling.Key(value)
		if key == "" || seen[key] {
			continue
		}
		seen[key] = true
		for _, entry := range t.spelled.entries(t)[k][key] {
			if entry != value {
				e.add(k, t.index[k][entry], finding{has: value, condition: spelledCondition(k, value, entry)})
			}
		}
	}
}

func spelledCondition(k kind, value, entry string) string {
	noun := "user ID"
	if k == groups {
		noun = kindNouns[groups]
	}
	differences := spelling.Differences(value, entry)
	format := "the %s %.64q were spelled %.64q (%s)"
	if differences != "letter case" && differences != "spaces" { // the two could look the same
		format = "the %s %+.64q were spelled %+.64q (%s)"
	}
	return fmt.Sprintf(format, noun, value, entry, differences)
}

// addAddress adds the near misses of an address that is not verified, has spaces around it, or is in a
// subdomain of a rule's domain.
func (t *table) addAddress(e *evidence, u *identity.User) {
	fit := &identity.User{ID: u.ID, Email: strings.TrimSpace(u.Email), EmailVerified: true}
	var conditions []string
	if !u.EmailVerified {
		conditions = append(conditions, "the e-mail address were verified")
	}
	if fit.Email != u.Email {
		conditions = append(conditions, "the e-mail address had no spaces around it")
	}
	if len(conditions) > 0 {
		own, condition := t.own(fit), strings.Join(conditions, " and ")
		_, domain, _ := strings.Cut(fit.Email, "@")
		e.add(emails, own[emails], finding{has: u.Email, condition: condition})
		e.add(domains, own[domains], finding{has: domain, condition: condition})
	}
	t.addSubdomain(e, fit.Email, conditions)
}

// addSubdomain adds the near misses of rules that name a parent of the address's domain.
func (t *table) addSubdomain(e *evidence, address string, conditions []string) {
	start, ok := domainStart(address)
	if !ok {
		return
	}
	domain := fold(domains, address[start:])
	conditions = append(conditions, fmt.Sprintf("the rule named the subdomain %.64q itself", domain))
	f := finding{has: domain, condition: strings.Join(conditions, " and ")}
	for _, parent, found := strings.Cut(domain, "."); found; _, parent, found = strings.Cut(parent, ".") {
		e.add(domains, t.index[domains][parent], f)
	}
}

// spelled finds the entries of rules by their text without differences of spelling. It is built for the first
// explanation, so that a policy that is never explained does not pay for it.
type spelled struct {
	once  sync.Once
	byKey [kinds]map[string][]string
}

func (s *spelled) entries(t *table) *[kinds]map[string][]string {
	s.once.Do(func() {
		for _, k := range []kind{users, groups} {
			s.byKey[k] = make(map[string][]string, len(t.index[k]))
			for entry := range t.index[k] {
				key := spelling.Key(entry)
				s.byKey[k][key] = append(s.byKey[k][key], entry)
			}
			for _, entries := range s.byKey[k] {
				slices.Sort(entries)
			}
		}
	})
	return &s.byKey
}
