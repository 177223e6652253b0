package tokens

import (
	"github.com/go-pme/pme/fleet/internal/member"
	"github.com/go-pme/pme/fleet/internal/vault"
	"github.com/go-pme/pme/issuer/store"
	"github.com/go-pme/pme/matterport"
)

// place is where the tokens of one key are in the store.
type place struct {
	name        string // of the key, also in the indexes
	claimed     string // the name of the claim in the indexes
	token       string
	claim       string
	user        string // the index of the user
	all         string
	models      []string // the indexes of the models
	generations []string
}

func (s *Store) place(n *vault.Names, key store.Key) place {
	space, name := s.cfg.Space, n.Of("key", key.User, key.Session, key.Models)
	p := place{
		name: name, claimed: "c|" + name, token: space.Of("t", name), claim: space.Of("c", name),
		user: s.userIndex(n, key.User), all: s.allIndex(),
	}
	for _, model := range key.List() {
		p.models = append(p.models, s.modelIndex(n, model))
	}
	for _, selector := range selectors(key) {
		p.generations = append(p.generations, space.Generation(member.SelectorName(n, selector)))
	}
	return p
}

func (s *Store) allIndex() string { return s.cfg.Space.Of("i", "all") }

func (s *Store) userIndex(n *vault.Names, user string) string {
	return s.cfg.Space.Of("u", n.Of("user", user))
}

func (s *Store) modelIndex(n *vault.Names, model string) string {
	return s.cfg.Space.Of("m", n.Of("model", model))
}

// tokenName names a token.
func tokenName(n *vault.Names, token matterport.Secret) string { return n.Of("token", string(token)) }

func tokenNames(n *vault.Names, entries []*store.Entry) []string {
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = tokenName(n, e.Token)
	}
	return names
}

func (s *Store) owner(n *vault.Names, token matterport.Secret) string {
	return s.cfg.Space.Of("x", tokenName(n, token))
}

// selectors returns every selector without a token that selects the key.
func selectors(key store.Key) []store.Selector {
	owners := []store.Selector{{User: key.User}}
	if key.Session != "" {
		owners = append(owners, store.Selector{User: key.User, Session: key.Session})
	}
	all := append([]store.Selector{{All: true}}, owners...)
	for _, model := range key.List() {
		all = append(all, store.Selector{Model: model})
		for _, owner := range owners {
			owner.Model = model
			all = append(all, owner)
		}
	}
	return all
}
