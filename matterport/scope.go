package matterport

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode"
)

// Scope is something that an application asks an account's owner to allow (docs/matterport.md §5).
type Scope string

// The documented scopes.
const (
	// ScopeViewPublic allows to find public models.
	ScopeViewPublic Scope = "ViewPublic"

	// ScopeViewDetails allows to search the account's models, and to see the public and the private
	// details of each.
	ScopeViewDetails Scope = "ViewDetails"

	// ScopeEditDetails allows to change the basic details of a model.
	ScopeEditDetails Scope = "EditDetails"

	// ScopeDownloadAssets allows to download what belongs to a model, such as add-ons that were
	// purchased. What has to be purchased for it is charged to the account.
	ScopeDownloadAssets Scope = "DownloadAssets"

	// ScopePurchaseAssets allows to purchase assets for a model. They are charged to the account.
	ScopePurchaseAssets Scope = "PurchaseAssets"
)

// Charged reports whether using the scope can cost the account's owner money, which they must be told
// before they are asked. Of scopes that are not documented it knows nothing, and reports false.
func (s Scope) Charged() bool { return s == ScopeDownloadAssets || s == ScopePurchaseAssets }

// wellFormed reports whether s is one scope-token (RFC 6749 §3.3). That grammar has room for a comma,
// which here means that the list is written out.
func (s Scope) wellFormed() bool {
	return s != "" && !strings.ContainsFunc(string(s), func(r rune) bool {
		return r <= ' ' || r > '~' || r == '"' || r == '\\' || r == ','
	})
}

// joinScopes writes a list as OAuth does (RFC 6749 §3.3).
func joinScopes(scopes []Scope) string {
	names := make([]string, len(scopes))
	for i, scope := range scopes {
		names[i] = string(scope)
	}
	return strings.Join(names, " ")
}

// readScopes reads a list that is separated by spaces, or, as some servers have it, by commas or as
// JSON has it. What cannot be a scope is left out. Nil when nothing is left.
func readScopes(raw json.RawMessage) []Scope {
	var scopes []Scope
	text := lenient[string](raw) + " " + strings.Join(lenient[[]string](raw), " ")
	for _, name := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || unicode.IsSpace(r) }) {
		if scope := Scope(name); scope.wellFormed() && !slices.Contains(scopes, scope) {
			scopes = append(scopes, scope)
		}
	}
	return scopes
}
