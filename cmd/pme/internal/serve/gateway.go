// Package serve builds the gateway of a configuration, and serves it: everything that the library does, behind one address.
//
// It fails closed. A configuration that says nothing about who people are, or about what they may see, is an error. So is one that
// would send cookies over a network in the clear, or believe headers of anybody.
package serve

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"github.com/go-pme/pme"
	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/audit"
	"github.com/go-pme/pme/cmd/pme/internal/config"
	"github.com/go-pme/pme/cmd/pme/internal/drain"
	"github.com/go-pme/pme/connect"
	"github.com/go-pme/pme/event"
)

// A Gateway is a program that was built. It is safe for concurrent use.
type Gateway struct {
	cfg         config.Config
	log         *slog.Logger
	handler     http.Handler
	metrics     http.Handler // nil if there are none
	drain       *drain.Drain
	pme         *pme.Handler
	policy      *access.File
	events      *event.Stream
	trail       audit.Reader         // nil if there is none
	connections *connect.Connections // nil if there are none
	secrets     []secretState
	public      string                        // the keys of login.jwt.public_key that are in use
	closers     []func(context.Context) error // the last one is called first
}

// Build makes everything that cfg asks for, and listens nowhere. It opens databases and joins the fleet, within the time of ctx. It does
// NOT ask Matterport or a provider anything. The error is of type [Problems].
func Build(ctx context.Context, cfg config.Config, log *slog.Logger) (*Gateway, error) {
	return build(ctx, cfg, log, nil)
}

// Handler returns the handler of all requests.
func (g *Gateway) Handler() http.Handler { return g.handler }

// PME returns the handler of spaces.
func (g *Gateway) PME() *pme.Handler { return g.pme }

// Policy returns the allow-list.
func (g *Gateway) Policy() *access.File { return g.policy }

// Events returns the stream of events.
func (g *Gateway) Events() *event.Stream { return g.events }

// Trail returns a reader of the audit trail, or nil if there is no trail.
func (g *Gateway) Trail() audit.Reader { return g.trail }

// Connections returns the accounts that people have connected, or nil if there are none.
func (g *Gateway) Connections() *connect.Connections { return g.connections }

// closeTime bounds Close: the renewal of an account may take its time, and so may a trail whose database is slow.
const closeTime = 20 * time.Second

// Close ends what runs in the background and closes what was opened, in the opposite order. Call it once the server has shut down.
// Closing twice is no error.
func (g *Gateway) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), closeTime)
	defer cancel()
	var errs []error
	for _, end := range slices.Backward(g.closers) {
		errs = append(errs, end(ctx))
	}
	g.closers = nil
	return errors.Join(errs...)
}

// onClose has Close call end, before all that it has been told to call.
func (g *Gateway) onClose(end func() error) {
	g.closers = append(g.closers, func(context.Context) error { return end() })
}
