package connect

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"github.com/go-pme/pme/connect/store"
	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/health"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/budget"
	"github.com/go-pme/pme/internal/flight"
	"github.com/go-pme/pme/internal/quiet"
	"github.com/go-pme/pme/internal/revocations"
	"github.com/go-pme/pme/internal/sameorigin"
	"github.com/go-pme/pme/matterport"
)

// Connections manages the accounts that people have connected. Create it with [New]. It is safe for concurrent use.
// Any number of them, in any number of processes, may share a [store.Store].
type Connections struct {
	cfg     Config
	app     *matterport.OAuthApp
	store   *observedStore
	log     *slog.Logger
	flights *flight.Group
	budget  *budget.Budget
	limited *budget.Digest // of the refusals because of it
	quiet   *quiet.Quiet[limited]
	unsaved unsaved
	sent    sent
	ending  ending
	lives   lives
	ahead   chan struct{} // full while a renewal goes ahead; see first
	parts   []health.Part

	reporter // reports requests that package accounts refuses
	counter  // tells package accounts of changes
}

// counter is embedded as reporter is.
type counter = revocations.Counter

// reporter is embedded under a name that is not exported, and has no exported methods.
type reporter = sameorigin.Reporter

var _ sameorigin.Reporting = (*Connections)(nil)

// New returns Connections, or an error that names everything wrong with cfg. It uses neither the network nor the
// store.
func New(cfg Config) (*Connections, error) {
	cfg = cfg.withDefaults()
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	c := &Connections{
		cfg:     cfg,
		app:     cfg.App,
		log:     cfg.Logger,
		flights: flight.New(cfg.Logger),
		budget:  budget.New(burst, every, cfg.Now),
		limited: budget.NewDigest(1, time.Minute, cfg.Now),
		quiet:   quiet.New[limited](cfg.Now, maxQuiet),
		ahead:   make(chan struct{}, 1),
	}
	c.lives.asked = cfg.App.AccessTokenLife()
	c.reporter = sameorigin.NewReporter(c.foreign)
	c.observe()
	return c, nil
}

// App returns the application that accounts are connected to.
func (c *Connections) App() *matterport.OAuthApp { return c.app }

// A Connection describes a connected account to its user. It contains no token.
type Connection struct {
	// ID has 26 characters, A-Z and 2-7. It is not secret: only the connection's own user can use it.
	ID string

	// Label is the user's name for it, and may be empty. Matterport does not say whose account it is.
	Label string

	Scopes    []matterport.Scope // what was granted, as far as Matterport says
	Connected time.Time          // when the person connected it last
	Refreshed time.Time          // when it was renewed last; zero before the first time
	Reconnect bool               // Matterport has refused it: it has to be connected again
}

func newConnection(r *store.Record) Connection {
	return Connection{
		ID: r.ID, Label: r.Label, Scopes: r.Scopes, Connected: r.Connected, Refreshed: r.Refreshed, Reconnect: r.Reconnect(),
	}
}

// List returns the connections of u, the oldest first.
func (c *Connections) List(ctx context.Context, u *identity.User) ([]Connection, error) {
	if err := c.authorize(ctx, u); err != nil {
		return nil, err
	}
	return c.list(ctx, u)
}

func (c *Connections) list(ctx context.Context, u *identity.User) ([]Connection, error) {
	records, err := c.store.List(ctx, u.ID)
	if err != nil {
		return nil, c.failed(ctx, err)
	}
	var list []Connection
	for _, r := range records {
		list = append(list, newConnection(r))
	}
	slices.SortFunc(list, func(a, b Connection) int {
		return cmp.Or(a.Connected.Compare(b.Connected), cmp.Compare(a.ID, b.ID))
	})
	return list, nil
}

// Find returns the connection of u with that ID. If id is empty, it returns the only connection of u. It fails with
// [ErrNotConnected] if there is none, and with [ErrSeveral] if id is empty and u has several.
func (c *Connections) Find(ctx context.Context, u *identity.User, id string) (Connection, error) {
	r, err := c.find(ctx, u, id)
	if err != nil {
		return Connection{}, err
	}
	return newConnection(r), nil
}

// find is the only way to a record, and so to a token: it checks whether u may use it.
func (c *Connections) find(ctx context.Context, u *identity.User, id string) (*store.Record, error) {
	if err := c.authorize(ctx, u); err != nil {
		return nil, err
	}
	if id == "" {
		list, err := c.list(ctx, u)
		switch {
		case err != nil:
			return nil, err
		case len(list) == 0:
			return nil, ErrNotConnected
		case len(list) > 1:
			return nil, ErrSeveral
		}
		id = list[0].ID
	}
	r, err := c.store.Get(ctx, store.Key{User: u.ID, ID: id})
	switch {
	case errors.Is(err, store.ErrNoRecord):
		return nil, ErrNotConnected
	case err != nil:
		return nil, c.failed(ctx, err)
	}
	return r, nil
}

// Delete deletes a connection and its tokens here. It does NOT revoke them at Matterport, which documents no way to do
// so: the owner of the account can withdraw the permission there. A token in a browser is valid until it expires.
func (c *Connections) Delete(ctx context.Context, u *identity.User, id string) error {
	r, err := c.find(ctx, u, id)
	if err != nil {
		return err
	}
	return c.delete(ctx, r.Key)
}

func (c *Connections) delete(ctx context.Context, k store.Key) error {
	switch err := c.store.Delete(ctx, k); {
	case errors.Is(err, store.ErrNoRecord):
		return ErrNotConnected
	case err != nil:
		return c.failed(ctx, err)
	}
	c.changed(ctx, event.ConnectionDeleted, slog.LevelInfo, k, "")
	return nil
}

// ListOf returns the connections of a user for an administrator, the oldest first. It does NOT ask whether the user may use
// connections, nor who asks.
func (c *Connections) ListOf(ctx context.Context, userID string) ([]Connection, error) {
	if userID == "" {
		return nil, ErrInvalid
	}
	return c.list(ctx, &identity.User{ID: userID})
}

// DeleteOf is [Connections.Delete] for an administrator. It does NOT ask whether the user may use connections, nor who asks.
func (c *Connections) DeleteOf(ctx context.Context, userID, id string) error {
	if userID == "" || id == "" {
		return ErrInvalid
	}
	return c.delete(ctx, store.Key{User: userID, ID: id})
}

// DeleteUser deletes all connections and pending authorizations of a user whose account is removed, and returns the
// number of connections. Do not call it when a user signs out: connections outlast a session.
func (c *Connections) DeleteUser(ctx context.Context, userID string) (int, error) {
	if userID == "" {
		return 0, ErrInvalid
	}
	n, err := c.store.DeleteUser(ctx, userID)
	if err != nil {
		return n, c.failed(ctx, err)
	}
	revocations.Tell(&c.counter, userID, "")
	c.cfg.Events.Emit(ctx, event.Event{Kind: event.ConnectionDeleted, Level: slog.LevelInfo, User: userID, Reason: "user_deleted", Count: n})
	return n, nil
}

// authorize checks whether u may use connections at all.
func (c *Connections) authorize(ctx context.Context, u *identity.User) error {
	switch {
	case !u.SignedIn():
		return ErrNotSignedIn
	case c.cfg.Allow == nil:
		return nil
	}
	allowed, err := c.cfg.Allow(ctx, u)
	switch {
	case err != nil:
		return c.failed(ctx, err)
	case !allowed:
		return c.denied(ctx, u)
	}
	return nil
}

// spend takes one call to Matterport from the user's rate limit.
func (c *Connections) spend(ctx context.Context, userID string) error {
	if wait := c.budget.Spend(userID); wait > 0 {
		c.overLimit(ctx, userID)
		return &Error{Kind: ErrRateLimited, RetryAfter: wait}
	}
	return nil
}
