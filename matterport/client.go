// Package matterport is a typed client of the parts of Matterport's API that Private Model Embed needs:
// it mints and revokes embed tokens, and lists models.
//
// A [Client] gets the application token by itself, renews it ahead of its end, repeats what failed for
// a passing reason, and turns every kind of failure into one [*Error] with sentinels to branch on. The
// client secret, the application token and embed tokens appear in none of its errors and log records.
//
// The package is a leaf: it decides nothing about who may see which model, and keeps no embed tokens.
package matterport

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"time"
)

// Client calls Matterport's API. Create one per OAuth application with [New]; it is safe for
// concurrent use.
type Client struct {
	id             string
	secret         string
	base           string
	http           *http.Client
	ownTransport   *http.Transport // nil when the caller brought the client
	log            *slog.Logger
	clock          *clock
	maxAttempts    int
	attemptTimeout time.Duration
	tokens         *appTokens
}

// New checks cfg, without using the network, and returns a client. The error joins everything that is
// wrong with cfg.
func New(cfg Config) (*Client, error) {
	cfg, err := cfg.check()
	if err != nil {
		return nil, err
	}
	c := &Client{
		id:             cfg.ClientID,
		secret:         string(cfg.ClientSecret),
		base:           cfg.BaseURL,
		log:            cfg.Logger,
		clock:          &clock{now: cfg.Now},
		maxAttempts:    cfg.MaxAttempts,
		attemptTimeout: cfg.AttemptTimeout,
	}
	if cfg.HTTPClient == nil {
		c.ownTransport = newTransport()
		cfg.HTTPClient = &http.Client{Transport: c.ownTransport}
	}
	withoutRedirects := *cfg.HTTPClient
	withoutRedirects.CheckRedirect = stayHere
	c.http = &withoutRedirects
	c.tokens = newAppTokens(c.fetchAppToken, cfg.Now, cfg.Logger)
	return c, nil
}

// ServerTime returns the time by Matterport's clock, as learned from the Date header of its answers.
// It never lags that clock, and may lead it by a second and the duration of a request. Until the first
// answer it is the local time.
func (c *Client) ServerTime() time.Time { return c.clock.read() }

// Close ends the background fetch of an application token, if one is under way, waits for it, and
// closes idle connections unless the transport is the caller's. Later calls fail with [ErrClosed];
// calls under way end with their own contexts.
func (c *Client) Close() {
	c.tokens.close()
	if c.ownTransport != nil {
		c.ownTransport.CloseIdleConnections()
	}
}

// Format prints where the client points to, and keeps fmt away from its fields.
func (c *Client) Format(state fmt.State, _ rune) {
	_, _ = io.WriteString(state, "matterport.Client("+c.base+")")
}

// stayHere keeps requests, and the secrets in their bodies, from going where an answer points.
func stayHere(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// newTransport is for one host and a burst of calls; all other limits are those of the attempt.
func newTransport() *http.Transport {
	return &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		ForceAttemptHTTP2:   true,
		MaxIdleConnsPerHost: 16,
		IdleConnTimeout:     90 * time.Second,
	}
}
