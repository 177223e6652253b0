package handler

import (
	"net/http"

	"github.com/go-pme/pme/catalog"
	"github.com/go-pme/pme/catalog/arrange"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/answer"
	"github.com/go-pme/pme/issuer"
)

type adjacentAnswer struct {
	Place    int          `json:"place"`
	Total    int          `json:"total"`
	Previous *namedAnswer `json:"previous"`
	Next     *namedAnswer `json:"next"`
}

type namedAnswer struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Adjacent answers GET ?modelId=ID with the spaces before and after one, in the order of the [Gallery] for the same q, sort and
// group:
//
//	{"place":2,"total":50,"previous":{"id":"SxQL3iGyoDo","name":"Head office"},"next":null}
//
// place is 0 if the space is not on that list. It costs a listing, and shares a budget with the [Gallery]; so the page of a space
// asks when its visitor reaches for the next one.
func Adjacent(c *catalog.Catalog) http.Handler {
	return forPerson(http.MethodGet, func(w http.ResponseWriter, r *http.Request, u *identity.User) {
		models, err := answer.ModelIDs(nil, r.URL.RawQuery)
		if err != nil || len(models) != 1 {
			refuse(w, issuer.ErrInvalid)
			return
		}
		a := parseAsked(r.URL.Query())
		listing, err := list(c, r, u, a.search)
		if err != nil {
			refuse(w, err)
			return
		}
		arranged := arrange.New(listing.Spaces, a.order)
		place, before, after := arranged.Adjacent(models[0])
		answer.Value(w, adjacentAnswer{Place: place, Total: arranged.Total, Previous: named(before), Next: named(after)})
	})
}

func named(s *catalog.Space) *namedAnswer {
	if s == nil {
		return nil
	}
	return &namedAnswer{ID: s.ID, Name: s.Name}
}
