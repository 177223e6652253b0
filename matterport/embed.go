package matterport

import (
	"cmp"
	"context"
	_ "embed" // for the operations' texts
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/go-pme/pme/internal/modelid"
)

// The lives an embed token can have (docs/matterport.md §2).
const (
	minValidFor = 30 * time.Second
	maxValidFor = 24 * time.Hour
)

// showcase is the one application that embed tokens are made for.
const showcase = "showcase"

var (
	//go:embed operations/createEmbedLink.graphql
	createEmbedLinkText string
	//go:embed operations/createEmbedToken.graphql
	createEmbedTokenText string
	//go:embed operations/deleteEmbedToken.graphql
	deleteEmbedTokenText string

	createEmbedLink  = operation{name: "createEmbedLink", root: "createPrivateModelEmbedLink", text: createEmbedLinkText, limit: maxBody, credentials: true}
	createEmbedToken = operation{name: "createEmbedToken", root: "createPrivateModelEmbedToken", text: createEmbedTokenText, limit: maxBody, credentials: true}
	deleteEmbedToken = operation{name: "deleteEmbedToken", root: "deletePrivateModelEmbedToken", text: deleteEmbedTokenText, limit: maxBody, credentials: true}
)

// EmbedToken lets a browser show one or several private models for a while.
type EmbedToken struct {
	// AccessToken is the bare token for the Showcase SDK, without "Bearer ".
	AccessToken Secret

	// Application is what the token is for: "showcase".
	Application string

	// Link shows the model in a plain iframe until the token ends. It carries the token. Empty from
	// [Client.CreateEmbedToken].
	Link Secret

	// ValidUntil is when the token ends, in UTC by Matterport's clock: compare it with
	// [Client.ServerTime]. It is never later than was asked for.
	ValidUntil time.Time
}

// CreateEmbedLink mints a token for one model, and a link with that token in it
// (createPrivateModelEmbedLink). validFor is counted in whole seconds, from 30 seconds to
// 24 hours; a fraction is dropped. It does not check that a visitor may see the model.
//
// If an answer is lost and the request is repeated, Matterport may have minted two tokens. The first one
// is unknown here and ends by itself.
func (c *Client) CreateEmbedLink(ctx context.Context, modelID string, validFor time.Duration) (*EmbedToken, error) {
	op := createEmbedLink
	if e := c.checkMint(op.name, []string{modelID}, validFor); e != nil {
		return nil, e
	}
	vars := variables{"modelId": modelID, "validFor": wholeSeconds(validFor)}
	return c.mint(ctx, op, vars, validFor, true)
}

// CreateEmbedToken mints one token for several models (createPrivateModelEmbedToken, in beta at
// Matterport). At least one model is needed, and none twice. It is otherwise like
// [Client.CreateEmbedLink], without a link.
func (c *Client) CreateEmbedToken(ctx context.Context, modelIDs []string, validFor time.Duration) (*EmbedToken, error) {
	op := createEmbedToken
	if e := c.checkMint(op.name, modelIDs, validFor); e != nil {
		return nil, e
	}
	vars := variables{"modelIds": slices.Clone(modelIDs), "validFor": wholeSeconds(validFor)}
	return c.mint(ctx, op, vars, validFor, false)
}

// DeleteEmbedToken revokes a token (deletePrivateModelEmbedToken). Matterport ends every Showcase
// session that uses it. [ErrNotFound] means that Matterport no longer knows the token, because it has
// ended or was revoked before.
func (c *Client) DeleteEmbedToken(ctx context.Context, token Secret) error {
	op := deleteEmbedToken
	if token == "" {
		return invalid(op.name, "no token was given")
	}
	vars := variables{"accessToken": token}
	return c.call(ctx, op, vars, func(result json.RawMessage, _ time.Time) string {
		if !lenient[bool](result) {
			return "Matterport did not confirm that the token was deleted"
		}
		return ""
	})
}

// embedJSON is the result of both creating mutations.
type embedJSON struct {
	AccessToken string `json:"accessToken"`
	Application string `json:"application"`
	Link        string `json:"link"`
	ValidUntil  string `json:"validUntil"`
}

func (c *Client) mint(ctx context.Context, op operation, vars variables, validFor time.Duration, withLink bool) (*EmbedToken, error) {
	var token *EmbedToken
	err := c.call(ctx, op, vars, func(result json.RawMessage, started time.Time) (problem string) {
		token, problem = c.readToken(result, started.Add(validFor.Truncate(time.Second)), withLink)
		return problem
	})
	if err != nil {
		return nil, err
	}
	return token, nil
}

// readToken takes a minted token in. Its end is held to what was asked for, since callers promise that
// to theirs.
func (c *Client) readToken(result json.RawMessage, latest time.Time, withLink bool) (*EmbedToken, string) {
	minted := lenient[embedJSON](result)
	validUntil, err := time.Parse(time.RFC3339, minted.ValidUntil)
	switch {
	case !wellFormedToken(minted.AccessToken):
		return nil, "the answer has no usable accessToken"
	case err != nil:
		return nil, "validUntil is not a time as in RFC 3339"
	case withLink && !c.api.webAddress(minted.Link):
		return nil, "the answer has no link, or one that is no https URL"
	}
	if validUntil.After(latest) {
		validUntil = latest
	}
	token := &EmbedToken{
		AccessToken: Secret(minted.AccessToken),
		Application: cmp.Or(minted.Application, showcase),
		ValidUntil:  validUntil.UTC(),
	}
	if withLink {
		token.Link = Secret(minted.Link)
	}
	return token, ""
}

// checkMint refuses arguments that Matterport would refuse too, or worse, might not.
func (c *Client) checkMint(op string, modelIDs []string, validFor time.Duration) *Error {
	if len(modelIDs) == 0 {
		return invalid(op, "no model was given")
	}
	seen := make(map[string]bool, len(modelIDs))
	for i, id := range modelIDs {
		if !modelid.Valid(id) && !(c.views && modelid.ValidView(id)) {
			return invalid(op, fmt.Sprintf("model %d has no valid ID: 11 letters or digits are expected", i+1))
		}
		if seen[id] {
			return invalid(op, "model "+id+" was given twice")
		}
		seen[id] = true
	}
	if validFor < minValidFor || validFor > maxValidFor {
		return invalid(op, fmt.Sprintf("a token can be valid for %v to %v, not for %v", minValidFor, maxValidFor, validFor))
	}
	return nil
}

// wholeSeconds writes a duration in Matterport's shorthand.
func wholeSeconds(d time.Duration) string { return fmt.Sprintf("%ds", d/time.Second) }
