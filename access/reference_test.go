package access_test

import (
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/identity"
)

// The reference goes through the rules one by one, as the package's documentation says it.

var modelID = regexp.MustCompile("^[0-9A-Za-z]{11}$")

func referenceAllowed(list access.List, u *identity.User, model string) bool {
	if !modelID.MatchString(model) {
		return false
	}
	for _, r := range list {
		if referenceMatches(r, u) && (slices.Contains(r.Models, "*") || slices.Contains(r.Models, model)) {
			return true
		}
	}
	return false
}

func referenceGrants(list access.List, u *identity.User) access.Grants {
	names := map[string]string{}
	for _, r := range list {
		for id, name := range r.Names {
			names[id] = name
		}
	}
	var g access.Grants
	for _, r := range list {
		if !referenceMatches(r, u) {
			continue
		}
		for _, id := range r.Models {
			m := access.Model{ID: id, Name: names[id]}
			if id == "*" {
				g.Open = true
			} else if !slices.Contains(g.Models, m) {
				g.Models = append(g.Models, m)
			}
		}
	}
	return g
}

func referenceMatches(r access.Rule, u *identity.User) bool {
	if u == nil || u.ID == "" {
		return false
	}
	if slices.Contains(r.Users, u.ID) {
		return true
	}
	for _, g := range u.Groups {
		if slices.Contains(r.Groups, g) {
			return true
		}
	}
	parts := strings.Split(u.Email, "@")
	strange := func(c rune) bool { return unicode.IsSpace(c) || unicode.IsControl(c) }
	if !u.EmailVerified || len(parts) != 2 || parts[0] == "" || parts[1] == "" || strings.ContainsFunc(u.Email, strange) {
		return false
	}
	same := func(a string) func(string) bool {
		return func(b string) bool { return lowerASCII(a) == lowerASCII(b) }
	}
	return slices.ContainsFunc(r.Emails, same(u.Email)) || slices.ContainsFunc(r.Domains, same(parts[1]))
}

func lowerASCII(s string) string {
	return strings.Map(func(c rune) rune {
		if c <= unicode.MaxASCII {
			return unicode.ToLower(c)
		}
		return c
	}, s)
}

// The pools are small, so that entries meet, and full of near misses.
var (
	poolIDs     = []string{"alice", "Alice", "bob", "b o b", "facilities", "a@x.example", "Zo\u00eb", "ALICE", "x.example"}
	nearIDs     = []string{" bob", "bob ", "Zoe\u0308", "b\u00a0o b"}
	poolEmails  = []string{"a@x.example", "A@X.example", "b@x.example", "a@y.example", "\u212a@y.example", "k@y.example"}
	poolDomains = []string{"x.example", "X.Example", "y.example", "sub.x.example", "\u212a.example", "k.example"}
	poolModels  = []string{"*", office, warehouse, showroom, "Zh14WDtkjdC", "iL4RdJqi2yK", "sxql3igyodo"}
	nearEmails  = []string{"", "@", "a@", "@x.example", "a@y.example@x.example", "a @x.example", "a@x.example\n", "a@sub.x.example", "K@k.example", "a@\u212a.example"}
	nearModels  = []string{"", "*", "abc", "00000000000", "SxQL3iGyoD*"}
)

// some returns up to most different items of the pool.
func some(r *rand.Rand, pool []string, most int) []string {
	var items []string
	for _, i := range r.Perm(len(pool))[:r.IntN(most+1)] {
		items = append(items, pool[i])
	}
	return items
}

func one(r *rand.Rand, pools ...[]string) string {
	pool := slices.Concat(pools...)
	return pool[r.IntN(len(pool))]
}

func randomList(r *rand.Rand) access.List {
	list := make(access.List, r.IntN(8))
	for i := range list {
		list[i] = access.Rule{
			Users: some(r, poolIDs, 2), Emails: some(r, poolEmails, 2), Domains: some(r, poolDomains, 2), Groups: some(r, poolIDs, 2),
			Models: some(r, poolModels, 3),
		}
		for _, id := range list[i].Models {
			if id != "*" && r.IntN(3) == 0 {
				list[i].Names = map[string]string{id: "Name of " + id}
			}
		}
	}
	return list
}

func randomUser(r *rand.Rand) *identity.User {
	if r.IntN(50) == 0 {
		return nil
	}
	return &identity.User{
		ID:            one(r, poolIDs, nearIDs, []string{"", "somebody", "carol"}),
		Email:         one(r, poolEmails, nearEmails),
		EmailVerified: r.IntN(4) > 0,
		Groups:        some(r, slices.Concat(poolIDs, nearIDs, []string{"", "else", "elsewhere"}), 6),
	}
}

func TestTableDecidesLikeTheReference(t *testing.T) {
	const seed = 1
	r := rand.New(rand.NewPCG(seed, seed))
	lists, allowed, refused := 0, 0, 0
	for range 8_000 {
		list := randomList(r)
		table, err := access.Compile(list)
		if err != nil {
			continue // a rule without people or models, or with one address twice
		}
		lists++
		for range 20 {
			u, model := randomUser(r), one(r, poolModels, nearModels)
			want := referenceAllowed(list, u, model)
			got, err := table.Allowed(t.Context(), u, model)
			if got != want || err != nil {
				t.Fatalf("Allowed(%+v, %q) = %v, %v; want %v by %+v", u, model, got, err, want, list)
			}
			if want {
				allowed++
			} else {
				refused++
			}
			grants, err := table.Grants(t.Context(), u)
			if diff := cmp.Diff(referenceGrants(list, u), grants); diff != "" || err != nil {
				t.Fatalf("Grants(%+v) by %+v (-want +got), %v:\n%s", u, list, err, diff)
			}
		}
	}
	if lists < 2_000 || allowed < 5_000 || refused < 5_000 {
		t.Errorf("%d lists, %d times allowed, %d times refused: too few to say anything", lists, allowed, refused)
	}
	t.Logf("%d lists, %d times allowed, %d times refused", lists, allowed, refused)
}
