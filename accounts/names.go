package accounts

import (
	"cmp"
	"fmt"

	"github.com/go-pme/pme/connect"
	"github.com/go-pme/pme/internal/spelling"
)

// accounts are connections as pages show them. Those that would have the same name, or one that differs in its spelling
// only, are numbered.
func (l *language) accounts(list []connect.Connection) []Account {
	taken := make(map[string]bool)
	for _, c := range list {
		taken[spelling.Key(l.name(c))] = false
	}
	var all []Account
	for _, c := range list {
		one := l.account(c)
		for n := 2; taken[spelling.Key(one.Name)]; n++ {
			numbered := fmt.Sprintf("%s (%d)", l.name(c), n)
			if _, another := taken[spelling.Key(numbered)]; !another {
				one.Name = numbered
			}
		}
		taken[spelling.Key(one.Name)] = true
		all = append(all, one)
	}
	return all
}

func (l *language) name(c connect.Connection) string { return cmp.Or(c.Label, l.words.Account) }
