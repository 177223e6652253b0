package issuer

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/modelid"
	"github.com/go-pme/pme/issuer/store"
)

// KeyOf returns the key of u and models. The order and repetitions of models make no difference. It fails with
// [ErrInvalid] if models is empty, has more than most entries, or has a malformed ID of a model or a view. It does not
// check that u is signed in, or may see the models.
func KeyOf(u *identity.User, models []string, most int) (store.Key, error) {
	set, err := canonical(models, most)
	if err != nil {
		return store.Key{}, err
	}
	return store.Key{User: u.ID, Session: u.Session, Models: set}, nil
}

// canonical allocates nothing for a single model, the case of nearly every request.
func canonical(models []string, most int) (string, error) {
	switch n := len(models); {
	case n == 0:
		return "", invalid("no model is named")
	case n > most:
		return "", invalid(fmt.Sprintf("%d models are named, at most %d may be", n, most))
	}
	for _, id := range models {
		if !modelid.Valid(id) && !modelid.ValidView(id) {
			return "", invalid(strconv.Quote(clip(id)) + " is no model ID" + modelid.Suggestion(id))
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

// cloned copies the strings, so that the key does not hold the request's query string in memory.
func cloned(k store.Key) store.Key {
	k.Models = strings.Clone(k.Models)
	return k
}
