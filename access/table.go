package access

import (
	"context"
	"slices"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/modelid"
)

// table is a compiled [List]. It is safe for concurrent use: only spelled changes, under its own lock. The cost of
// Allowed does not depend on the number of rules: it is one look-up for the model and one for each fact about the
// person, without allocation. The zero table allows nothing.
type table struct {
	rules   []grant
	models  []Model // each once, as first listed; a model's number is its place here
	numbers map[string]int
	index   [kinds]map[string]*reach

	// Only Explain needs these.
	wants   [][kinds][]string // the rules' people as written
	origin  origin
	spelled spelled
}

// grant is what one rule allows.
type grant struct {
	all    bool
	models []int // in the rule's order
}

// allows reports whether the rule is for the model with this number.
func (g grant) allows(number int) bool { return g.all || slices.Contains(g.models, number) }

// reach is the union of all rules that name one user ID, address, domain or group.
type reach struct {
	all    bool
	models set
	rules  []int
}

// unlisted is the number of all models that no rule names. Only "*" allows them.
const unlisted = -1

// allows reports whether r, which may be nil, allows the model with this number.
func (r *reach) allows(number int) bool {
	return r != nil && (r.all || number != unlisted && r.models.has(number))
}

// Allowed reports whether a rule lets u see the model. The error is always nil.
func (t *table) Allowed(_ context.Context, u *identity.User, model string) (bool, error) {
	if !u.SignedIn() || !modelid.Valid(model) {
		return false, nil
	}
	number := t.number(model)
	for _, r := range t.own(u) {
		if r.allows(number) {
			return true, nil
		}
	}
	for _, g := range u.Groups {
		if t.index[groups][g].allows(number) {
			return true, nil
		}
	}
	return false, nil
}

// number returns the model's number.
func (t *table) number(model string) int {
	if number, ok := t.numbers[model]; ok {
		return number
	}
	return unlisted
}

// Grants returns the models that the rules for u name, in the order in which these rules name them. It is
// open if one of the rules says "*". The error is always nil.
func (t *table) Grants(_ context.Context, u *identity.User) (Grants, error) {
	var g Grants
	if !u.SignedIn() {
		return g, nil
	}
	own := t.own(u)
	reaches := own[:]
	for _, name := range u.Groups {
		reaches = append(reaches, t.index[groups][name])
	}
	var rules, listed set
	for _, r := range reaches {
		if r == nil {
			continue
		}
		g.Open = g.Open || r.all
		for _, n := range r.rules {
			rules.add(n)
		}
	}
	for i, rule := range t.rules {
		if !rules.has(i) {
			continue
		}
		for _, n := range rule.models {
			if !listed.has(n) {
				listed.add(n)
				g.Models = append(g.Models, t.models[n])
			}
		}
	}
	return g, nil
}

// own returns the reaches of u's ID, address and domain, with nil for each that no rule names.
func (t *table) own(u *identity.User) [3]*reach {
	found := [3]*reach{t.index[users][u.ID]}
	if !u.EmailVerified || len(t.index[emails])+len(t.index[domains]) == 0 {
		return found
	}
	start, ok := domainStart(u.Email)
	if !ok {
		return found
	}
	var buf [maxAddress]byte
	address := appendLower(buf[:0], u.Email)
	found[1] = t.index[emails][string(address)]
	found[2] = t.index[domains][string(address[start:])]
	return found
}

// set is a set of small numbers, one bit each.
type set []uint64

func (s *set) add(n int) {
	for n/64 >= len(*s) {
		*s = append(*s, 0)
	}
	(*s)[n/64] |= 1 << (n % 64)
}

// has reports whether n, which must not be negative, is in the set.
func (s set) has(n int) bool {
	return n/64 < len(s) && s[n/64]&(1<<(n%64)) != 0
}
