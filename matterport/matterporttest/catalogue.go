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
}

func (m Model) visibility() string { return cmp.Or(m.Visibility, "private") }

func (m Model) open() bool { return m.Visibility == "public" || m.Visibility == "unlisted" }

// DefaultModels returns the spaces of an account that nobody has configured. All of them are private.
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

// AddModel adds a space in front of the others, or replaces the one with its ID.
func (s *Server) AddModel(m Model) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := indexModel(s.models, m.ID); i >= 0 {
		s.models[i] = m
		return
	}
	s.models = slices.Insert(s.models, 0, m)
}

// RemoveModel takes a space out of the account, as when its owner deletes or transfers it: the Model API
// answers not.found, and Showcase goes dark. Tokens for it stay on record.
func (s *Server) RemoveModel(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.models = slices.DeleteFunc(s.models, func(m Model) bool { return m.ID == id })
}

func indexModel(models []Model, id string) int {
	return slices.IndexFunc(models, func(m Model) bool { return m.ID == id })
}

// activeModel looks a space up. The API does not tell a model that is not there from one of another
// account, and so neither does this.
func (s *Server) activeModel(id string) (Model, *graphError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := indexModel(s.models, id)
	switch {
	case i < 0:
		return Model{}, fault(codeNotFound, "the model does not exist or is not accessible")
	case s.models[i].Inactive:
		return Model{}, fault(codeModelInactive, "the model is not active")
	}
	return s.models[i], nil
}

// search is the arguments of the models query (MATTERPORT.md §3).
type search struct {
	text     string // "", "*", or part of a name or ID
	inactive bool   // inactive models too
	byName   bool   // rather than newest first
	reverse  bool
	start    int
	size     int
}

// search returns one page of the models found, how many there are in all, and the offset of the next
// page, which is nil after the last.
func (s *Server) search(by search) (page []Model, total int, next any) {
	s.mu.Lock()
	found := slices.Clone(s.models)
	s.mu.Unlock()
	found = slices.DeleteFunc(found, func(m Model) bool { return !by.matches(m) })
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
