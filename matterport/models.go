package matterport

import (
	"cmp"
	"context"
	_ "embed" // for the operations' texts
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/go-pme/pme/internal/modelid"
)

const (
	defaultPageSize = 10
	maxPageSize     = 1000
)

var (
	//go:embed operations/model.graphql
	modelText string
	//go:embed operations/models.graphql
	modelsText string

	// A missing thumbnail, of an archived model for instance, should not cost the list.
	oneModel  = operation{name: "model", root: "model", text: modelText, limit: maxBody, partial: true}
	modelList = operation{name: "models", root: "models", text: modelsText, limit: maxModelPage, partial: true}
)

// Visibility says who can see a model at Matterport. Values that are not listed here are passed on as
// they come.
type Visibility string

// The documented visibilities (docs/matterport.md §3).
const (
	VisibilityPrivate  Visibility = "private"
	VisibilityUnlisted Visibility = "unlisted"
	VisibilityPublic   Visibility = "public"
	VisibilityPassword Visibility = "password"
)

// Model is one of the account's spaces.
type Model struct {
	ID   string
	Name string // free text, perhaps empty; escape it

	// ThumbnailURL points to a small picture, or is empty. It is always a web address, and may end
	// soon: do not keep it long.
	ThumbnailURL string

	Visibility Visibility
}

// ModelQuery selects a page of models. The zero value is the first page of all of them.
type ModelQuery struct {
	// Query is in Matterport's search syntax. Empty: all models.
	Query string

	// PageSize is how many models a page has at most, up to 1000. Zero: 10, as at Matterport.
	PageSize int

	// Offset is [ModelPage.NextOffset] of the page before. Empty: the first page.
	Offset string
}

// ModelPage is a part of the account's models.
type ModelPage struct {
	Models     []Model
	NextOffset string // empty on the last page
	Total      int    // on all pages
}

// Models returns a page of the models of the account. It does NOT check who may see
// them. A model whose picture cannot be had is listed without one.
func (c *Client) Models(ctx context.Context, q ModelQuery) (*ModelPage, error) {
	return c.api.models(ctx, c.call, q)
}

// Model returns one model of the account. A private model of another account is [ErrNotFound].
func (c *Client) Model(ctx context.Context, id string) (*Model, error) {
	return c.api.model(ctx, c.call, id)
}

func (u *upstream) models(ctx context.Context, call caller, q ModelQuery) (*ModelPage, error) {
	op := modelList
	if q.PageSize < 0 || q.PageSize > maxPageSize {
		return nil, invalid(op.name, fmt.Sprintf("a page has 1 to %d models, not %d", maxPageSize, q.PageSize))
	}
	vars := variables{
		"query":    cmp.Or(q.Query, "*"),
		"pageSize": cmp.Or(q.PageSize, defaultPageSize),
	}
	if q.Offset != "" {
		vars["offset"] = q.Offset
	}
	var page *ModelPage
	err := call(ctx, op, vars, func(result json.RawMessage, _ time.Time) (problem string) {
		page, problem = u.readPage(result)
		return problem
	})
	if err != nil {
		return nil, err
	}
	return page, nil
}

func (u *upstream) model(ctx context.Context, call caller, id string) (*Model, error) {
	op := oneModel
	if !modelid.Valid(id) {
		return nil, invalid(op.name, "the model has no valid ID: 11 letters or digits are expected")
	}
	var model *Model
	err := call(ctx, op, variables{"id": id}, func(result json.RawMessage, _ time.Time) string {
		m := u.readModel(result)
		if m.ID != id {
			return "the answer is not the model that was asked for"
		}
		model = &m
		return ""
	})
	if err != nil {
		return nil, err
	}
	return model, nil
}

type pageJSON struct {
	NextOffset   string            `json:"nextOffset"`
	TotalResults *int              `json:"totalResults"`
	Results      []json.RawMessage `json:"results"`
}

// readPage takes a page in. Entries that are null, which GraphQL puts where an error struck, are left out, and so
// are those without an ID; if no entry has one, the answer is refused. A list that is null is an empty one only
// when there is nothing to list.
func (u *upstream) readPage(result json.RawMessage) (*ModelPage, string) {
	var listed pageJSON
	if err := json.Unmarshal(result, &listed); err != nil {
		return nil, "the list of models is not in the documented form"
	}
	if listed.TotalResults == nil || (listed.Results == nil && *listed.TotalResults != 0) {
		return nil, "the answer has no list of models, or not their number"
	}
	page := &ModelPage{NextOffset: listed.NextOffset, Total: *listed.TotalResults}
	without := 0
	for _, entry := range listed.Results {
		model := u.readModel(entry)
		switch {
		case model.ID != "":
			page.Models = append(page.Models, model)
		case present(entry):
			without++
		}
	}
	if without > 0 && len(page.Models) == 0 {
		return nil, "no model in the list has an ID"
	}
	if without > 0 {
		u.log.Warn("models left out of a list: they have no ID", slog.Int("models", without))
	}
	return page, ""
}

// readModel reads a model member by member, so that one of an unexpected type costs only itself.
func (u *upstream) readModel(entry json.RawMessage) Model {
	m := lenient[map[string]json.RawMessage](entry)
	model := Model{
		ID: lenient[string](m["id"]), Name: lenient[string](m["name"]),
		Visibility: Visibility(strings.ToLower(lenient[string](m["accessVisibility"]))),
	}
	image := lenient[map[string]json.RawMessage](m["image"])
	if address := lenient[string](image["resizeUrl"]); u.webAddress(address) {
		model.ThumbnailURL = address
	}
	return model
}
