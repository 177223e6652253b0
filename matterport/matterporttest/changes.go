package matterporttest

import "slices"

// AddModel adds a space to the first account in front of the others, or replaces the one with its ID. Webhooks tell of it; see
// [Server.SendWebhook].
func (s *Server) AddModel(m Model) {
	for _, e := range s.addModel(m) {
		s.SendWebhook(e)
	}
}

func (s *Server) addModel(m Model) []Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	first := s.accounts[0]
	if i := indexModel(first.Models, m.ID); i >= 0 {
		before := first.Models[i]
		first.Models[i] = m
		return changes(before, m)
	}
	first.Models = slices.Insert(first.Models, 0, m)
	return []Event{{Type: "created", Model: m.ID, Body: map[string]any{"type": "processing"}}}
}

// RemoveModel takes a space out of its account, as when its owner deletes it: the Model API answers not.found, and Showcase
// goes dark. Tokens for it stay stored. If it was in the first account, webhooks tell that it is deleted.
func (s *Server) RemoveModel(id string) {
	if account, _, there := s.take(id); there && account == 0 {
		s.SendWebhook(Event{Type: "deleted", Model: id})
	}
}

// TransferModel moves a space to another account, which it is the newest of. To the account that had it, the Model API answers
// not.found. If one of the two is the first account, webhooks tell of it. A space or an account that does not exist
// changes nothing.
func (s *Server) TransferModel(id, account string) {
	to := slices.IndexFunc(s.accounts, func(a *Account) bool { return a.ID == account })
	if to < 0 {
		return
	}
	from, m, there := s.take(id)
	if !there {
		return
	}
	s.mu.Lock()
	s.accounts[to].Models = slices.Insert(s.accounts[to].Models, 0, m)
	s.mu.Unlock()
	switch {
	case from == to:
	case from == 0:
		s.SendWebhook(Event{Type: "transferred_out", Model: id, Body: map[string]any{"destination": account}})
	case to == 0:
		s.SendWebhook(Event{Type: "transferred_in", Model: id, Body: map[string]any{"source": s.accounts[from].ID}})
	}
}

// take removes a space, and returns the index of the account that it was in.
func (s *Server) take(id string) (account int, m Model, there bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for n, a := range s.accounts {
		if i := indexModel(a.Models, id); i >= 0 && !there {
			account, m, there = n, a.Models[i], true
		}
		a.Models = slices.DeleteFunc(a.Models, func(m Model) bool { return m.ID == id })
	}
	return account, m, there
}

// changes are the events that tell how a space has changed.
func changes(before, now Model) (events []Event) {
	add := func(kind, name string, was, is any) {
		events = append(events, Event{Type: kind, Model: now.ID, Body: map[string]any{
			"previous": map[string]any{name: was}, "current": map[string]any{name: is},
		}})
	}
	if was, is := before.activation(), now.activation(); was != is {
		add("activation_state_changed", "state", was, is)
	}
	if was, is := before.visibility(), now.visibility(); was != is {
		add("visibility_changed", "accessVisibility", was, is)
	}
	switch {
	case before.Name != now.Name:
		add("details_changed", "name", before.Name, now.Name)
	case before.InternalID != now.InternalID:
		add("details_changed", "internalId", before.InternalID, now.InternalID)
	}
	return events
}

// activation is the state that an event tells.
func (m Model) activation() string {
	if m.Inactive {
		return "inactive"
	}
	return "active"
}
