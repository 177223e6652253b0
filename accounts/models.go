package accounts

import (
	"net/http"
	"net/url"
	"strconv"
	"unicode/utf8"

	"github.com/go-pme/pme/connect"
	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/internal/answer"
	"github.com/go-pme/pme/matterport"
)

// Bounds of what may be asked for.
const (
	mostModels    = 100
	maxSearch     = 100 // characters
	defaultModels = 24
	maxOffset     = 1024 // bytes
)

type modelsAnswer struct {
	Models     []modelAnswer `json:"models"`
	NextOffset string        `json:"next_offset,omitempty"`
	Total      int           `json:"total"`
}

type modelAnswer struct {
	ID         string                `json:"id"`
	Name       string                `json:"name"`
	Thumbnail  string                `json:"thumbnail,omitempty"`
	Visibility matterport.Visibility `json:"visibility,omitempty"`
}

// models answers with a page of the spaces of the connected account: q are words in Matterport's syntax,
// limit is how many, and offset the next_offset of the page before.
func (h *Handler) models(w http.ResponseWriter, r *http.Request, v visit) {
	query, ok := readModelQuery(r.URL.RawQuery)
	if !ok {
		h.refuse(w, r, v, connect.ErrInvalid)
		return
	}
	page, err := h.connections.Models(event.Context(r), v.user, v.id, query)
	if err != nil {
		h.refuse(w, r, v, err)
		return
	}
	out := modelsAnswer{Models: []modelAnswer{}, NextOffset: page.NextOffset, Total: page.Total}
	for _, m := range page.Models {
		out.Models = append(out.Models, modelAnswer{ID: m.ID, Name: m.Name, Thumbnail: m.ThumbnailURL, Visibility: m.Visibility})
	}
	answer.Value(w, out)
}

func readModelQuery(raw string) (q matterport.ModelQuery, ok bool) {
	values, err := url.ParseQuery(raw)
	if err != nil || len(raw) > answer.MaxQuery {
		return q, false
	}
	for _, name := range []string{"q", "offset", "limit"} {
		if len(values[name]) > 1 || !utf8.ValidString(values.Get(name)) {
			return q, false
		}
	}
	q = matterport.ModelQuery{Query: values.Get("q"), Offset: values.Get("offset"), PageSize: defaultModels}
	if utf8.RuneCountInString(q.Query) > maxSearch || len(q.Offset) > maxOffset {
		return q, false
	}
	if limit := values.Get("limit"); limit != "" {
		if q.PageSize, err = strconv.Atoi(limit); err != nil || q.PageSize < 1 || q.PageSize > mostModels {
			return q, false
		}
	}
	return q, true
}
