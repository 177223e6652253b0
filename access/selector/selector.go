package selector

import (
	"net/url"
	"strings"
)

// A Selector names spaces. Exactly one of InternalID, Folder and Address is set. Selectors are compared with ==.
type Selector struct {
	// InternalID is the number that the owner has given one space at Matterport. It is compared exactly. A number that
	// two spaces have selects neither.
	InternalID string

	// Folder is the path of a folder from the account's top folder, such as "Plant 3/Hall 2". Names are compared
	// exactly, and so cannot contain a slash. A path that two folders have selects neither.
	Folder string

	// Below selects the spaces in all folders below Folder too.
	Below bool

	// Address selects every space whose address has all fields that are set.
	Address Address
}

// Address is a part of a space's address as Matterport has it. Fields are compared exactly. An empty field is not compared.
type Address struct {
	City       string // Matterport: locality
	Region     string // Matterport: administrativeArea
	Country    string // Matterport: countryCode or countryName
	PostalCode string
}

// The prefixes of a selector's text.
const (
	prefixInternalID = "internalId:"
	prefixFolder     = "folder:"
	prefixAddress    = "address:"
)

// below ends the path of a folder whose subfolders are selected too.
const below = "/**"

// String returns the selector as a rule has it, such as "internalId:A-17", "folder:Plant 3/**" or
// "address:city=Bern, country=CH". [Parse] reads it.
func (s Selector) String() string {
	switch {
	case s.InternalID != "":
		return prefixInternalID + s.InternalID
	case s.Folder != "" && s.Below:
		return prefixFolder + s.Folder + below
	case s.Folder != "":
		return prefixFolder + s.Folder
	}
	var parts []string
	for _, f := range fields {
		if value := *f.of(&s.Address); value != "" {
			parts = append(parts, f.name+"="+escape(value))
		}
	}
	return prefixAddress + strings.Join(parts, ", ")
}

// fields are the parts of an address by their names in a rule.
var fields = []struct {
	name string
	of   func(*Address) *string
}{
	{"city", func(a *Address) *string { return &a.City }},
	{"region", func(a *Address) *string { return &a.Region }},
	{"country", func(a *Address) *string { return &a.Country }},
	{"postalCode", func(a *Address) *string { return &a.PostalCode }},
}

// Fields returns the names of an address's fields, in their order.
func Fields() []string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.name
	}
	return names
}

// Field returns the address's field of this name, and nil if there is no such field.
func (a *Address) Field(name string) *string {
	for _, f := range fields {
		if f.name == name {
			return f.of(a)
		}
	}
	return nil
}

// escape writes a value so that no comma or percent sign in it is taken for an end or an escape.
func escape(value string) string {
	return strings.NewReplacer("%", "%25", ",", "%2C").Replace(value)
}

func unescape(text string) (string, error) { return url.PathUnescape(text) } //nolint:wrapcheck // Parse says what is wrong
