package handler

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/go-pme/pme/catalog"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/answer"
	"github.com/go-pme/pme/issuer"
)

// maxSearch is how many characters of a search count.
const maxSearch = 100

type modelsAnswer struct {
	Models   []modelAnswer `json:"models"`
	Partial  bool          `json:"partial,omitempty"`
	Degraded bool          `json:"degraded,omitempty"`
}

type modelAnswer struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Thumbnail string `json:"thumbnail,omitempty"`
	Folder    string `json:"folder,omitempty"`
	Place     string `json:"place,omitempty"`
	Number    string `json:"number,omitempty"`
}

// Models answers GET with what the user may open, in the natural order of the names:
//
//	{"models":[{"id":"SxQL3iGyoDo","name":"Head office","thumbnail":"https://…"}]}
//
// With ?q= these are the models that have all words of q in their names or IDs, and the policy is asked about no
// others. folder, place and number are there if Matterport is asked for them and has them. A thumbnail is there if
// Matterport has named one; its address can expire within minutes. partial is true if there may be more models than these, and degraded is true if names and thumbnails may be missing
// because Matterport does not list them. Being on the list is no permission: [Token] asks the policy again.
//
// An answer has at most 5,000 models, if [catalog.Config] does not say otherwise, and names of at most 200
// characters. It shares a budget with the [Gallery]; see package catalog, also for how often the policy is asked.
func Models(c *catalog.Catalog) http.Handler {
	return forPerson(http.MethodGet, func(w http.ResponseWriter, r *http.Request, u *identity.User) {
		listing, err := list(c, r, u, searched(r))
		if err != nil {
			refuse(w, err)
			return
		}
		out := modelsAnswer{Models: make([]modelAnswer, 0, len(listing.Spaces)), Partial: listing.Partial, Degraded: listing.Degraded}
		for _, s := range listing.Spaces {
			out.Models = append(out.Models, modelAnswer(s))
		}
		answer.Value(w, out)
	})
}

// list finds what u may open and searches for. Its errors are the issuer's.
func list(c *catalog.Catalog, r *http.Request, u *identity.User, query string) (catalog.Listing, error) {
	listing, err := c.Search(r.Context(), u, query)
	if limit, ok := errors.AsType[*catalog.RateLimitError](err); ok {
		return catalog.Listing{}, &issuer.Error{Kind: issuer.ErrRateLimited, RetryAfter: limit.RetryAfter, Err: err}
	}
	if err != nil {
		return catalog.Listing{}, fmt.Errorf("%w: %w", issuer.ErrUnavailable, err)
	}
	return listing, nil
}

// searched returns what r searches for.
func searched(r *http.Request) string { return searchedIn(r.URL.Query()) }

func searchedIn(values url.Values) string {
	query := strings.TrimSpace(values.Get("q"))
	if utf8.RuneCountInString(query) > maxSearch {
		query = string([]rune(query)[:maxSearch])
	}
	return query
}
