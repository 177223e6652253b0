package compiled

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/go-pme/pme/access/internal/people"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/spelling"
)

// addSpelled adds the near misses of values that the rules spell differently.
func (t *Table) addSpelled(e *Evidence, k people.Kind, values []string) {
	seen := make(map[string]bool, len(values))
	for _, value := range values {
		key := spelling.Key(value)
		if key == "" || seen[key] {
			continue
		}
		seen[key] = true
		for _, entry := range t.spelled.entries(t)[k][key] {
			if entry != value {
				e.add(k, t.facts[k][entry], Finding{Has: value, If: spelledCondition(k, value, entry)})
			}
		}
	}
}

func spelledCondition(k people.Kind, value, entry string) string {
	noun := "user ID"
	if k == people.Groups {
		noun = people.Nouns[people.Groups]
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
func (t *Table) addAddress(e *Evidence, u *identity.User) {
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
		e.add(people.Emails, own[people.Emails], Finding{Has: u.Email, If: condition})
		e.add(people.Domains, own[people.Domains], Finding{Has: domain, If: condition})
	}
	t.addSubdomain(e, fit.Email, conditions)
}

// addSubdomain adds the near misses of rules that name a parent of the address's domain.
func (t *Table) addSubdomain(e *Evidence, address string, conditions []string) {
	start, ok := people.DomainStart(address)
	if !ok {
		return
	}
	domain := people.Fold(people.Domains, address[start:])
	conditions = append(conditions, fmt.Sprintf("the rule named the subdomain %.64q itself", domain))
	f := Finding{Has: domain, If: strings.Join(conditions, " and ")}
	for _, parent, found := strings.Cut(domain, "."); found; _, parent, found = strings.Cut(parent, ".") {
		e.add(people.Domains, t.facts[people.Domains][parent], f)
	}
}

// spelled finds the entries of rules by their text without differences of spelling. It is built for the first
// explanation, so that a policy that is never explained does not pay for it.
type spelled struct {
	once  sync.Once
	byKey [people.Kinds]map[string][]string
}

func (s *spelled) entries(t *Table) *[people.Kinds]map[string][]string {
	s.once.Do(func() {
		for _, k := range []people.Kind{people.Users, people.Groups} {
			s.byKey[k] = make(map[string][]string, len(t.facts[k]))
			for entry := range t.facts[k] {
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
