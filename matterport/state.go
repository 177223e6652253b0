package matterport

import (
	"context"
	_ "embed" // for the operations' texts
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/go-pme/pme/internal/modelid"
)

var (
	//go:embed operations/modelState.graphql
	modelStateText string
	//go:embed operations/modelExists.graphql
	modelExistsText string

	modelState  = operation{name: "modelState", root: "model", text: modelStateText, limit: maxBody}
	modelExists = operation{name: "modelExists", root: "model", text: modelExistsText, limit: maxBody}
)

// ModelState says whether a model can be shown. States that are not listed here, such as "processing", are passed on as
// they come. The empty state means that the model is there, and that Matterport does not say more.
type ModelState string

// The states that decide something (docs/matterport.md §3).
const (
	ModelActive   ModelState = "active"
	ModelInactive ModelState = "inactive" // archived: it is not shown until it is activated again

	// ModelInactivating and ModelInactivationPending mean that the model becomes inactive soon.
	ModelInactivating        ModelState = "inactivating"
	ModelInactivationPending ModelState = "inactivation_pending"

	// ModelGone is not one of Matterport's words: the model was deleted or transferred, or this application has no
	// access to it. Matterport does not tell these apart.
	ModelGone ModelState = "gone"
)

// The error codes of the Model API for a model that is not shown (docs/matterport.md §2).
const (
	codeNotFound = "not.found"
	codeInactive = "model.inactive"
)

// ModelState returns the state of one model of the account. A model is [ModelGone] or [ModelInactive] only if Matterport says
// so in its documented words. Any other answer is an error, and says nothing of the model: one of a gateway, an outage, and
// a refusal of the credentials.
func (c *Client) ModelState(ctx context.Context, id string) (ModelState, error) {
	if !modelid.Valid(id) {
		return "", invalid(modelState.name, "the model has no valid ID: 11 letters or digits are expected")
	}
	if c.stateless.Load() {
		return c.modelState(ctx, modelExists, id)
	}
	state, err := c.modelState(ctx, modelState, id)
	var failed *Error
	if !errors.Is(err, ErrInvalid) || !errors.As(err, &failed) || failed.Status == 0 {
		return state, err
	}
	state, err = c.modelState(ctx, modelExists, id) // the field may have another name
	if err == nil {
		c.stateless.Store(true)
	}
	return state, err
}

func (c *Client) modelState(ctx context.Context, op operation, id string) (state ModelState, err error) {
	err = c.call(ctx, op, variables{"id": id}, func(result json.RawMessage, _ time.Time) string {
		m := lenient[map[string]json.RawMessage](result)
		if lenient[string](m["id"]) != id {
			return "the answer is not the model that was asked for"
		}
		state = ModelState(strings.ToLower(lenient[string](m["state"])))
		return ""
	})
	var failed *Error
	if !errors.As(err, &failed) {
		return state, err
	}
	switch failed.Code {
	case codeNotFound:
		return ModelGone, nil
	case codeInactive:
		return ModelInactive, nil
	}
	if errors.Is(err, ErrNotFound) {
		failed.Err = ErrMalformed // a gateway's 404: it does not say which model is not there
	}
	return "", err
}
