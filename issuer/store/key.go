package store

import (
	"fmt"
	"strings"
)

// A Key is what a token is stored under: one user (one sign-in of that user, if the host tells sign-ins
// apart) and one set of models. As it is a struct, no two different pairs form the same key. The methods
// of a Key do not check its fields.
type Key struct {
	User    string
	Session string
	Models  string // sorted, without duplicates, joined by commas
}

// List returns the models of the key, sorted.
func (k Key) List() []string { return strings.Split(k.Models, ",") }

// String quotes the fields, so that it differs for different keys, whatever a user ID contains.
func (k Key) String() string { return fmt.Sprintf("%q %q %q", k.User, k.Session, k.Models) }

// has reports whether model is one of the key's models.
func (k Key) has(model string) bool {
	for id := range strings.SplitSeq(k.Models, ",") {
		if id == model {
			return true
		}
	}
	return false
}
