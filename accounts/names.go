package accounts

import (
	"cmp"
	"fmt"

	"github.com/go-pme/pme/connect"
	"github.com/go-pme/pme/internal/spelling"
)

// accounts are connections as pages show them. Those that would have the same name, or one that differs in its spelling
// only, are numbered.
func (t *tongue) accounts(list []connect.Connection) []Account {
	taken := make(map[string]bool)
	for _, c := range list {
		taken[spelling.Key(t.name(c))] = false
	}
	var all []Account
	for _, c := range list {
		one := t.account(c)
		for n := 2; taken[spelling.Key(one.Name)]; n++ {
			numbered := fmt.Sprintf("%s (%d)", t.name(c), n)
			if _, another := taken[spelling.Key(numbered)]; !another {
				one.Name = numbered
			}
		}
		taken[spelling.Key(one.Name)] = true
		all = append(all, one)
	}
	return all
}

func (t *tongue) name(c connect.Connection) string { return cmp.Or(c.Label, t.words.Account) }
