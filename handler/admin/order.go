package admin

import (
	"cmp"
	"slices"
	"strings"

	"github.com/go-pme/pme/issuer"
)

func byUser(a, b issuer.Live) int {
	k, m := a.Key(), b.Key()
	if c := strings.Compare(k.User, m.User); c != 0 { // nearly always
		return c
	}
	return cmp.Or(strings.Compare(k.Session, m.Session), strings.Compare(k.Models, m.Models), b.ValidUntil().Compare(a.ValidUntil()))
}

// first returns the first n tokens in the order of users. Sorting them all would take longer than to list them, and most look at the first
// page only.
func first(tokens []issuer.Live, n int) []issuer.Live {
	if n >= len(tokens)/8 {
		all := slices.Clone(tokens)
		slices.SortFunc(all, byUser)
		return all[:min(n, len(all))]
	}
	top := make([]issuer.Live, 0, n+1)
	for _, t := range tokens {
		if len(top) == n && byUser(t, top[n-1]) >= 0 {
			continue
		}
		at, _ := slices.BinarySearchFunc(top, t, byUser)
		top = slices.Insert(top, at, t)
		top = top[:min(len(top), n)]
	}
	return top
}

// ofUser returns the tokens of one user, those that live longest first.
func (s *snapshot) ofUser(user string) (mine []issuer.Live) {
	for _, t := range s.tokens {
		if t.Key().User == user {
			mine = append(mine, t)
		}
	}
	slices.SortFunc(mine, func(a, b issuer.Live) int { return b.ValidUntil().Compare(a.ValidUntil()) })
	return mine
}
