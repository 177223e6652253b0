package matterporttest

import (
	"cmp"
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
)

// Model is a space in the account.
type Model struct {
	// ID is eleven letters and digits at Matterport. It is not checked here.
	ID string

	// Name is what the owner calls the space.
	Name string

	// Visibility is "private" (also when empty), "unlisted", "public" or "password". Private and
	// password-protected spaces open with a token only.
	Visibility string

	// Inactive models are not shown: the Model API answers model.inactive for them.
	Inactive bool

	// State is the state that the Model API tells of a model that is not Inactive. Empty: "active". It changes nothing else.
	State string

	// InternalID is the owner's own number of the space. Nothing keeps two spaces from having the same.
	InternalID string

	// Folder is the path of the folder that the space is in, such as "Plant 3/Hall 2". Empty: the top folder.
	Folder string

	// Address is where the space is.
	Address Address

	// Views are the space's views.
	Views []View
}

func (m Model) visibility() string { return cmp.Or(m.Visibility, "private") }

func (m Model) open() bool { return m.Visibility == "public" || m.Visibility == "unlisted" }

// DefaultModels returns the spaces of an account without configured models. All of them are private.
func DefaultModels() []Model {
	return []Model{
		{ID: "SxQL3iGyoDo", Name: "Head Office, Ground Floor"},
		{ID: "yyHDFKzPzvN", Name: "Head Office, Roof Terrace"},
		{ID: "Hk7Wq2mBn4T", Name: "North Warehouse"},
		{ID: "pV9sLc3XeRd", Name: "Show Flat, Canal Street 12"},
		{ID: "Zt5Jf8uQa1G", Name: "Training Workshop"},
		{ID: "b6NyKo4MwHs", Name: "Museum, East Wing"},
	}
}

func indexModel(models []Model, id string) int {
	return slices.IndexFunc(models, func(m Model) bool { return m.ID == id })
}

// findModel looks a space up in all accounts, and returns also the ID of the account that has it.
func (s *Server) findModel(id string) (m Model, account string, err *graphError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range s.accounts {
		i := indexModel(a.Models, id)
		switch {
		case i < 0:
			continue
		case a.Models[i].Inactive:
			return Model{}, a.ID, fault(codeModelInactive, "the model is not active")
		}
		return a.Models[i], a.ID, nil
	}
	return Model{}, "", fault(codeNotFound, "the model does not exist or is not accessible")
}

// activeModel looks a space of an account up. The API does not tell a model that is not there from one of
// another account, and so neither does this.
func (s *Server) activeModel(account, id string) (Model, *graphError) {
	m, owner, err := s.findModel(id)
	if owner != account {
		return Model{}, fault(codeNotFound, "the model does not exist or is not accessible")
	}
	return m, err
}

// modelsOf returns the spaces of an account, newest first.
func (s *Server) modelsOf(account string) []Model {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, ok := s.account(account)
	if !ok {
		return nil
	}
	return slices.Clone(a.Models)
}

// search is the arguments of the models query (docs/matterport.md §3).
type search struct {
	text     string // "", "*", part of a name or ID, or fields with values: see terms
	inactive bool   // inactive models too
	byName   bool   // rather than newest first
	reverse  bool
	start    int
	size     int
}

// search returns one page of an account's models found, how many there are in all, and the offset of the next
// page, which is nil after the last.
func (s *Server) search(account string, by search) (page []Model, total int, next any) {
	found := slices.DeleteFunc(s.modelsOf(account), func(m Model) bool { return !by.matches(m) })
	if by.byName {
		slices.SortStableFunc(found, func(a, b Model) int { return strings.Compare(a.Name, b.Name) })
	}
	if by.reverse {
		slices.Reverse(found)
	}
	total = len(found)
	start := min(by.start, total)
	end := min(start+by.size, total)
	if end < total {
		next = formatOffset(end)
	}
	return found[start:end], total, next
}

func (by search) matches(m Model) bool {
	if m.Inactive && !by.inactive {
		return false
	}
	if by.text == "" || by.text == "*" {
		return true
	}
	if terms, ok := parseTerms(by.text); ok {
		return !slices.ContainsFunc(terms, func(t term) bool { return !t.matches(m) })
	}
	text := strings.ToLower(by.text)
	return strings.Contains(strings.ToLower(m.Name), text) || strings.Contains(strings.ToLower(m.ID), text)
}

// Offsets are text that a client cannot compute, only hand back.
func formatOffset(n int) string {
	return base64.RawURLEncoding.EncodeToString([]byte("after " + strconv.Itoa(n)))
}

func parseOffset(offset string) (int, bool) {
	text, err := base64.RawURLEncoding.DecodeString(offset)
	if err != nil {
		return 0, false
	}
	digits, ok := strings.CutPrefix(string(text), "after ")
	n, err := strconv.Atoi(digits)
	return n, ok && err == nil && n >= 0
}
