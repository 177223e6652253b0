package issuer

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/modelid"
)

// A Key is what a token is kept under: one person (where the host tells them apart, one sign-in of
// that person) and one set of models. Being a struct, no two different pairs can form the same key.
type Key struct {
	User    string
	Session string
	Models  string // sorted, without duplicates, joined by commas
}

// KeyOf returns the key of u and models, in whatever order and however often they are named. It fails
// with [ErrInvalid] for a set that is empty, larger than most, or contains what is no model ID.
func KeyOf(u *identity.User, models []string, most int) (Key, error) {
	set, err := canonical(models, most)
	if err != nil {
		return Key{}, err
	}
	return Key{User: u.ID, Session: u.Session, Models: set}, nil
}

// canonical costs nothing for the single model that nearly every request names.
func canonical(models []string, most int) (string, error) {
	switch n := len(models); {
	case n == 0:
		return "", invalid("no model is named")
	case n > most:
		return "", invalid(fmt.Sprintf("%d models are named, at most %d may be", n, most))
	}
	for _, id := range models {
		if !modelid.Valid(id) {
			return "", invalid(strconv.Quote(clip(id)) + " is no model ID")
		}
	}
	if len(models) == 1 {
		return models[0], nil
	}
	set := slices.Clone(models)
	slices.Sort(set)
	return strings.Join(slices.Compact(set), ","), nil
}

func invalid(why string) error { return &Error{Kind: ErrInvalid, Err: fmt.Errorf("%s", why)} }

func clip(s string) string { return s[:min(len(s), 32)] }

// List returns the models of the key, sorted.
func (k Key) List() []string { return strings.Split(k.Models, ",") }

// Has reports whether model is one of the key's models.
func (k Key) Has(model string) bool {
	for id := range strings.SplitSeq(k.Models, ",") {
		if id == model {
			return true
		}
	}
	return false
}

// String is unambiguous, whatever a user ID contains.
func (k Key) String() string { return fmt.Sprintf("%q %q %q", k.User, k.Session, k.Models) }

// clone lets go of the request whose query string the models may be a part of.
func (k Key) clone() Key {
	k.Models = strings.Clone(k.Models)
	return k
}
