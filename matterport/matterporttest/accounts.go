package matterporttest

import "slices"

// Account is an organisation at Matterport, whose owner can let the OAuth application use it.
type Account struct {
	// ID names the account in Go and in the address of its page. It is not checked.
	ID string

	// Name and Email are what the owner knows it by on the pages.
	Name, Email string

	// Models are its spaces, newest first. IDs are unique among all accounts: of two models with the
	// same the first counts.
	Models []Model
}

// DefaultAccounts returns the accounts of a server without configured accounts: the first, which has the
// server's models, one with models of its own, and one with none.
func DefaultAccounts() []Account {
	return []Account{
		{ID: "harbour", Name: "Harbour Estates", Email: "studio@harbour.example"},
		{ID: "gallery", Name: "Riverside Gallery", Email: "curator@riverside.example", Models: []Model{
			{ID: "Rv4hGm8sKq2", Name: "Sculpture Hall"},
			{ID: "Rv7tLw3dXc9", Name: "Print Room"},
			{ID: "Rv2yNb6fJp5", Name: "Café and Shop", Visibility: "unlisted"},
		}},
		{ID: "newcomer", Name: "Newcomer & Sons", Email: "post@newcomer.example"},
	}
}

// account looks an account up.
func (s *Server) account(id string) (*Account, bool) {
	i := slices.IndexFunc(s.accounts, func(a *Account) bool { return a.ID == id })
	if i < 0 {
		return nil, false
	}
	return s.accounts[i], true
}

// modelCounts says how many spaces that can be shown each account has, by account ID.
func (s *Server) modelCounts() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	counts := map[string]int{}
	for _, a := range s.accounts {
		for _, m := range a.Models {
			if !m.Inactive {
				counts[a.ID]++
			}
		}
	}
	return counts
}
