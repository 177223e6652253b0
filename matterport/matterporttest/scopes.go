package matterporttest

import (
	"slices"
	"strings"
)

// viewDetails is the scope that the Model API's queries need.
const viewDetails = "ViewDetails"

// scope is something that an application can ask for (docs/matterport.md §5).
type scope struct {
	Name        string
	Description string // as on the consent page
	Charged     bool   // using it can cost the account's owner money
}

var allScopes = []scope{
	{"ViewPublic", "Find spaces that are public.", false},
	{viewDetails, "Search the account’s spaces, and see the public and private details of each.", false},
	{"EditDetails", "Change the basic details of a space.", false},
	{"DownloadAssets", "Download what belongs to a space, such as add-ons that were purchased.", true},
	{"PurchaseAssets", "Purchase assets for a space on your behalf.", true},
}

func scopeNames() []string {
	names := make([]string, len(allScopes))
	for i, s := range allScopes {
		names[i] = s.Name
	}
	return names
}

// describeScopes returns the scopes of those names, in the order of the documentation.
func describeScopes(names []string) []scope {
	return filter(allScopes, func(s scope) bool { return slices.Contains(names, s.Name) })
}

// readScopes reads a scope parameter (RFC 6749 §3.3). ok is false where it names none, or one that is not
// permitted.
func readScopes(text string, permitted []string) (names []string, ok bool) {
	for _, name := range strings.Fields(text) {
		if !slices.Contains(permitted, name) || !slices.Contains(scopeNames(), name) {
			return nil, false
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names, len(names) > 0
}

func joinScopes(names []string) string { return strings.Join(names, " ") }

// both returns those of a that are in b as well.
func both(a, b []string) []string {
	return filter(a, func(name string) bool { return slices.Contains(b, name) })
}

func filter[T any](list []T, keep func(T) bool) []T {
	return slices.DeleteFunc(slices.Clone(list), func(item T) bool { return !keep(item) })
}
