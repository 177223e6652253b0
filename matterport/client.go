// Package matterport is a typed client of the parts of Matterport's API that showing private spaces
// needs. It does so in two ways:
//
//   - A [Client] works for the account that owns the application (Private Model Embed): it mints and
//     revokes embed tokens, lists models, and registers webhooks. It gets the application token by itself and renews it
//     ahead of its end.
//   - An [OAuthApp] works in the name of other accounts, whose owners connect them by OAuth: it sends
//     them to Matterport, redeems the code they come back with, refreshes access tokens, and lists
//     the models of a connected account.
//
// Both repeat what failed for a passing reason, and turn every kind of failure into one [*Error] with
// sentinels to branch on. Client secrets and tokens of any kind appear in none of their errors and log
// records.
//
// The package is a leaf: it decides nothing about who may see which model, and keeps neither embed
// tokens nor the tokens of connected accounts.
package matterport

import (
	"fmt"
	"io"
	"sync/atomic"

	"github.com/go-pme/pme/internal/condition"
)

// Client calls Matterport's API. Create one per OAuth application with [New]; it is safe for
// concurrent use.
type Client struct {
	api    *upstream
	tokens *appTokens
	views  bool // IDs of views are valid

	stateless atomic.Bool // Matterport does not know the field state of a model
	parts
}

// New checks cfg, without using the network, and returns a client. The error joins everything that is
// wrong with cfg.
func New(cfg Config) (*Client, error) {
	cfg = cfg.withDefaults()
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	api, err := newUpstream(cfg, "matterport client secret")
	if err != nil {
		return nil, err
	}
	c := &Client{api: api, views: cfg.Views}
	condition.Add(&c.parts, c.api.health.calls.Part("matterport"))
	condition.Add(&c.parts, cfg.secretParts(api)...)
	c.tokens = newAppTokens(c.fetchAppToken, cfg.Now, cfg.Logger)
	return c, nil
}

// Format prints where the client points to, and keeps fmt away from its fields, which calls in progress
// change.
func (c *Client) Format(state fmt.State, _ rune) {
	_, _ = io.WriteString(state, "matterport.Client("+c.api.base+")")
}

// Close ends the background fetch of an application token, if one is under way, waits for it, and
// closes idle connections unless the transport is the caller's. Later calls fail with [ErrClosed];
// calls under way end with their own contexts. It can be called more than once; the error is always nil.
func (c *Client) Close() error {
	c.tokens.close()
	c.api.close()
	return nil
}
