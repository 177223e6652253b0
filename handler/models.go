package handler

import (
	"fmt"
	"net/http"

	"github.com/go-pme/pme/catalog"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/answer"
	"github.com/go-pme/pme/issuer"
)

type modelsAnswer struct {
	Models  []modelAnswer `json:"models"`
	Partial bool          `json:"partial,omitempty"`
}

type modelAnswer struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Thumbnail string `json:"thumbnail,omitempty"`
}

// Models answers GET with what the user may open, sorted by name:
//
//	{"models":[{"id":"SxQL3iGyoDo","name":"Head office","thumbnail":"https://…"}]}
//
// A thumbnail is there if Matterport has named one; its address can expire within minutes. partial is
// true if there may be more models than these. Being on the list is no permission: [Token] asks the
// policy again.
func Models(c *catalog.Catalog) http.Handler {
	return forPerson(http.MethodGet, func(w http.ResponseWriter, r *http.Request, u *identity.User) {
		listing, err := list(c, r, u)
		if err != nil {
			refuse(w, err)
			return
		}
		out := modelsAnswer{Models: []modelAnswer{}, Partial: listing.Partial}
		for _, s := range listing.Spaces {
			out.Models = append(out.Models, modelAnswer(s))
		}
		answer.Value(w, out)
	})
}

func list(c *catalog.Catalog, r *http.Request, u *identity.User) (catalog.Listing, error) {
	listing, err := c.For(r.Context(), u)
	if err != nil {
		return catalog.Listing{}, fmt.Errorf("%w: %w", issuer.ErrUnavailable, err)
	}
	return listing, nil
}
