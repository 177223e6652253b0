package matterporttest

import "slices"

// Address is where a space is.
type Address struct {
	Street      string
	City        string
	Region      string
	Country     string // its name
	CountryCode string
	PostalCode  string
}

func (a Address) describe() any {
	if a == (Address{}) {
		return nil
	}
	return object{
		"streetAddressLines": []string{a.Street},
		"locality":           orNull(a.City),
		"administrativeArea": orNull(a.Region),
		"countryName":        orNull(a.Country),
		"countryCode":        orNull(a.CountryCode),
		"postalCode":         orNull(a.PostalCode),
	}
}

// orNull is null for a text that is not set.
func orNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// View is a view of a space: a version of it for some of its visitors.
type View struct {
	// ID is twenty-five letters and digits at Matterport. It is not checked here.
	ID string

	// Name is what the owner calls the view.
	Name string
}

func (m Model) describeViews() []object {
	views := make([]object, len(m.Views))
	for i, v := range m.Views {
		views[i] = object{"id": v.ID, "name": v.Name}
	}
	return views
}

// viewed returns the ID of the space that the view belongs to, if tokens can be had for views.
func (s *Server) viewed(id string) (space string, ok bool) {
	if !s.cfg.EmbedViews {
		return "", false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range s.accounts {
		for _, m := range a.Models {
			if slices.ContainsFunc(m.Views, func(v View) bool { return v.ID == id }) {
				return m.ID, true
			}
		}
	}
	return "", false
}
