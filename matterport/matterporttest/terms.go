package matterporttest

import (
	"regexp"
	"strings"
)

// term is one of the terms of a search by fields, such as internalId:"A-17".
type term struct{ field, value string }

var termForm = regexp.MustCompile(`^([a-zA-Z.]+):(?:"([^"]*)"|(\S+))$`)

// parseTerms reads a search by fields: terms with AND between them, the part of Lucene's syntax that is
// documented (docs/matterport.md §3).
func parseTerms(text string) ([]term, bool) {
	var terms []term
	for part := range strings.SplitSeq(text, " AND ") {
		m := termForm.FindStringSubmatch(strings.TrimSpace(part))
		if m == nil {
			return nil, false
		}
		if _, known := searchable[m[1]]; !known {
			return nil, false
		}
		terms = append(terms, term{field: m[1], value: m[2] + m[3]})
	}
	return terms, true
}

// searchable are the fields that can be searched.
var searchable = map[string]func(Model) string{
	"internalId":                 func(m Model) string { return m.InternalID },
	"name":                       func(m Model) string { return m.Name },
	"address.locality":           func(m Model) string { return m.Address.City },
	"address.administrativeArea": func(m Model) string { return m.Address.Region },
	"address.countryName":        func(m Model) string { return m.Address.Country },
	"address.countryCode":        func(m Model) string { return m.Address.CountryCode },
	"address.postalCode":         func(m Model) string { return m.Address.PostalCode },
	"address.streetAddressLines": func(m Model) string { return m.Address.Street },
}

// matches searches as a search engine does: for a part of the field, in any letter case.
func (t term) matches(m Model) bool {
	return strings.Contains(strings.ToLower(searchable[t.field](m)), strings.ToLower(t.value))
}
