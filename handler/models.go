package handler

import (
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/go-pme/pme/catalog"
	"github.com/go-pme/pme/identity"
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

// Models answers GET with what the person may open, sorted by name:
//
//	{"models":[{"id":"SxQL3iGyoDo","name":"Head office","thumbnail":"https://…"}]}
//
// A thumbnail is there where Matterport has said so; its address can expire within minutes. partial is
// true where there may be more models than these. Being on the list is no permission: the token
// endpoint asks the policy again.
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
		body, err := json.Marshal(out)
		if err != nil {
			refuse(w, err)
			return
		}
		writeJSON(w, func(b []byte) []byte { return append(append(b, body...), '\n') })
	})
}

// listFor is list for whoever is in the request's context.
func listFor(c *catalog.Catalog, r *http.Request) (catalog.Listing, error) {
	u, ok := identity.FromContext(r.Context())
	if !ok {
		return catalog.Listing{}, issuer.ErrNotSignedIn
	}
	return list(c, r, u)
}

func list(c *catalog.Catalog, r *http.Request, u *identity.User) (catalog.Listing, error) {
	listing, err := c.For(r.Context(), u)
	if err != nil {
		return catalog.Listing{}, fmt.Errorf("%w: %w", issuer.ErrUnavailable, err)
	}
	return listing, nil
}
