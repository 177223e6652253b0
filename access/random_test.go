package access_test

import (
	"math/rand/v2"
	"slices"
	"time"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/access/selector"
	"github.com/go-pme/pme/identity"
)

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

const viewOfOffice = "0ehmdabhd31ra7pyai5igb9sb"

var (
	poolSelectors = []string{"internalId:A-17", "folder:Plant 3", "folder:Plant 3/**", "address:city=Bern, country=CH"}
	poolTimes     = []time.Time{
		time.Date(2026, 3, 29, 1, 0, 0, 0, time.UTC), time.Date(2026, 3, 29, 1, 0, 0, 1, time.UTC), time.Date(2026, 10, 25, 0, 59, 59, 0, time.UTC),
		time.Date(2027, 1, 1, 0, 0, 0, 0, time.FixedZone("", 3600)), time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC),
	}
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
			Models: some(r, slices.Concat(poolModels, poolSelectors, []string{viewOfOffice}), 6),
		}
		for _, id := range list[i].Models {
			if len(id) == 11 && r.IntN(3) == 0 {
				list[i].Names = map[string]string{id: "Name of " + id}
			}
		}
		if r.IntN(4) == 0 {
			list[i].Except = randomExcept(r)
		}
		if r.IntN(4) == 0 {
			list[i].From = poolTimes[r.IntN(3)]
		}
		if r.IntN(2) == 0 {
			list[i].Until = poolTimes[1+r.IntN(4)]
		}
	}
	return list
}

func randomExcept(r *rand.Rand) access.Except {
	return access.Except{
		Users: some(r, poolIDs, 1), Emails: some(r, poolEmails, 1), Domains: some(r, poolDomains, 1), Groups: some(r, poolIDs, 1),
		Models: some(r, slices.Concat(poolModels[1:], poolSelectors, []string{viewOfOffice}), 2),
	}
}

func randomTime(r *rand.Rand) time.Time { return poolTimes[r.IntN(len(poolTimes))] }

// randomNow is at, shortly before or shortly after a date of the pool.
func randomNow(r *rand.Rand) time.Time {
	return randomTime(r).Add(time.Duration(r.IntN(5)-2) * time.Nanosecond)
}

func randomResolution(r *rand.Rand) selector.Resolution {
	resolution := make(selector.Resolution)
	for _, text := range some(r, poolSelectors, len(poolSelectors)) {
		s, err := selector.Parse(text)
		if err != nil {
			panic(err)
		}
		result := selector.Result{Models: some(r, poolModels[1:], 3), Doubtful: some(r, poolModels[1:], 1), At: poolTimes[0], Missing: r.IntN(6) == 0}
		slices.Sort(result.Models)
		if r.IntN(6) == 0 {
			result = selector.Result{Problem: "refused"}
		}
		resolution[s] = result
	}
	return resolution
}

// randomWorld returns a world and the policy in it. The list can be invalid: then there is no policy.
func randomWorld(r *rand.Rand) (world, *access.Table) {
	w := world{randomList(r), randomResolution(r), randomNow(r)}
	table, err := access.Compile(w.list)
	if err != nil {
		return w, nil
	}
	table.Resolve(w.resolution)
	return w, table
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
