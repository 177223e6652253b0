package review_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/access/review"
	"github.com/go-pme/pme/identity"
)

var (
	groups = []string{"a", "b", "c"}
	ids    = []string{office, warehouse, "JGPnGQ6hosj", "*"}
	dates  = []time.Time{{}, {}, today, today.AddDate(0, 0, 1), today.AddDate(0, 0, 2)}
)

func pick[T any](r *rand.Rand, pool []T) T { return pool[r.IntN(len(pool))] }

func randomRules(r *rand.Rand, t *testing.T) (access.List, *review.Rules) {
	list := make(access.List, 1+r.IntN(3))
	for i := range list {
		list[i] = access.Rule{Groups: []string{pick(r, groups)}, Models: []string{pick(r, ids)}, From: pick(r, dates), Until: pick(r, dates)}
		if r.IntN(3) == 0 {
			list[i].Except.Groups = []string{pick(r, groups)}
		}
		if r.IntN(3) == 0 {
			list[i].Except.Models = []string{pick(r, ids[:3])}
		}
	}
	policy, err := list.Policy()
	if err != nil {
		return nil, nil
	}
	rules, err := review.Policy(policy)
	if err != nil {
		t.Fatal(err)
	}
	return list, rules
}

// For the people who are given, a change is shown exactly if the two lists answer differently at some time.
func TestChangesForPeopleAreWhatThePoliciesAnswer(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	same, different := 0, 0
	for range 3000 {
		was, before := randomRules(r, t)
		is, after := randomRules(r, t)
		if before == nil || after == nil {
			continue
		}
		u := &identity.User{ID: "u", Groups: groups[:1+r.IntN(3)]}
		changed := make(map[string]bool)
		for _, c := range review.Diff(before, after, u).People {
			changed[c.Model] = true
		}
		for _, id := range []string{office, warehouse, "JGPnGQ6hosj", "iL4RdJqi2yK"} {
			want := answersDiffer(t, was, is, u, id)
			shown := changed[id] || !named(id, was, is) && changed["*"]
			if shown != want {
				t.Fatalf("%s: shown %t, want %t: %+v → %+v for %v", id, shown, want, was, is, u.Groups)
			}
			if want {
				different++
			} else {
				same++
			}
		}
	}
	if same < 500 || different < 500 {
		t.Errorf("%d the same and %d different: too few to say anything", same, different)
	}
}

func named(id string, lists ...access.List) bool {
	for _, list := range lists {
		for _, r := range list {
			for _, m := range append(r.Models[:1:1], r.Except.Models...) {
				if m == id {
					return true
				}
			}
		}
	}
	return false
}

// answersDiffer asks both policies about a day before, at, between and after all dates.
func answersDiffer(t *testing.T, was, is access.List, u *identity.User, id string) bool {
	t.Helper()
	a, _ := was.Policy()
	b, _ := is.Policy()
	for half := -1; half < 6; half++ {
		ctx := access.WithTime(t.Context(), today.Add(time.Duration(half)*12*time.Hour))
		one, _ := a.Allowed(ctx, u, id)
		other, _ := b.Allowed(ctx, u, id)
		if one != other {
			return true
		}
	}
	return false
}
