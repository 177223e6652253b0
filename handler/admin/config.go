package admin

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/catalog"
	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/issuer"
	"github.com/go-pme/pme/pages"
)

// defaultRecent is how old a sign-in may be for a revocation.
const defaultRecent = 10 * time.Minute

// Options are what an application says about its administrators. Allow is required.
type Options struct {
	// Allow reports whether a signed-in user is an administrator: [Users], [Groups], or a function of the application's own. It
	// is asked for each request. If it fails or panics, the answer is no.
	Allow func(ctx context.Context, u *identity.User) (bool, error)

	// RecentLogin is how long ago an administrator may have signed in who revokes or deletes something, by
	// identity.User.AuthenticatedAt, or SignedInAt if only that is known. A login of package oidclogin knows it
	// if the provider sends auth_time, and has the provider ask again if need be. If neither is known, the act is refused. Default: 10 minutes. A
	// negative duration allows sign-ins of any age.
	RecentLogin time.Duration

	// Recent are the events of the last hours, if it is among the listeners of the event stream: see [NewRecent]. Default: none
	// are shown.
	Recent *Recent
}

// Users returns an Allow for the users with these IDs. An empty ID matches no one.
func Users(ids ...string) func(context.Context, *identity.User) (bool, error) {
	ids = slices.Clone(ids)
	return func(_ context.Context, u *identity.User) (bool, error) {
		return u.SignedIn() && slices.Contains(ids, u.ID), nil
	}
}

// Groups returns an Allow for the members of these groups. Names compare exactly. An empty name matches no one.
//
// A login may leave out groups that no rule of the policy names: see identity.User.OmittedGroups. Name the group in a rule, or tell
// the login to keep it.
func Groups(names ...string) func(context.Context, *identity.User) (bool, error) {
	names = slices.Clone(names)
	return func(_ context.Context, u *identity.User) (bool, error) {
		return u.SignedIn() && slices.ContainsFunc(u.Groups, func(g string) bool { return g != "" && slices.Contains(names, g) }), nil
	}
}

// A Revoker ends what administrators want to end. The Handler of package pme is one.
type Revoker interface {
	// RevokeUser ends the sessions of a user and revokes their tokens.
	RevokeUser(ctx context.Context, userID string) (issuer.Revocation, error)

	// RevokeSession does the same for one sign-in.
	RevokeSession(ctx context.Context, userID, session string) (issuer.Revocation, error)

	// RevokeModel revokes the tokens that open a model.
	RevokeModel(ctx context.Context, model string) (issuer.Revocation, error)

	// RevokeAll revokes all tokens. It ends no session.
	RevokeAll(ctx context.Context) (issuer.Revocation, error)
}

// Connections are the accounts that users have connected.
type Connections interface {
	// List returns those of a user, the oldest first.
	List(ctx context.Context, userID string) ([]Connection, error)

	// Delete deletes one of a user. It reports false if there is none with that ID.
	Delete(ctx context.Context, userID, id string) (bool, error)
}

// A Connection is a connected account. It has no token in it.
type Connection struct {
	ID        string    `json:"id"`
	Label     string    `json:"label,omitempty"`
	Connected time.Time `json:"connected"`
	Renewed   time.Time `json:"renewed,omitzero"`
	Reconnect bool      `json:"reconnect,omitempty"` // Matterport no longer accepts it
}

// Config is what an [Admin] is made of. Package pme fills it in. Connections, Health,
// LoginAgain, Events and Logger may be left out.
type Config struct {
	Options

	Issuer  *issuer.Issuer
	Catalog *catalog.Catalog // knows what spaces are called
	Policy  access.Policy    // is explained
	Pages   *pages.Pages
	Revoker Revoker

	// Connections may be nil: then there is no page for them.
	Connections Connections

	// Health is a handler of package health, or nil.
	Health http.Handler

	// LoginAgain returns where an administrator signs in again, with the way back to the page that the request opens. Default:
	// the pages say so without a link.
	LoginAgain func(*http.Request) string

	// Events gets an event for each act. Default: a stream that writes to Logger.
	Events *event.Stream

	// Logger gets a record of what does not work, and events if there is no stream. Default: slog.Default().
	Logger *slog.Logger
}

func (c Config) withDefaults() Config {
	c.RecentLogin = cmp.Or(c.RecentLogin, defaultRecent)
	c.Events, c.Logger = event.OrLog(c.Events, c.Logger), event.LoggerOr(c.Logger)
	return c
}

func (c Config) validate() error {
	var errs []error
	need := func(missing bool, field, remedy string) {
		if missing {
			errs = append(errs, fmt.Errorf("admin: %s is missing: %s", field, remedy))
		}
	}
	need(c.Allow == nil, "Allow", "say who is an administrator, such as admin.Users or admin.Groups")
	need(c.Issuer == nil, "Issuer", "give the issuer of the tokens")
	need(c.Catalog == nil, "Catalog", "give the catalog of the spaces")
	need(c.Policy == nil, "Policy", "give the policy that the issuer asks")
	need(c.Pages == nil, "Pages", "make them by pages.New")
	need(c.Revoker == nil, "Revoker", "give the Handler of package pme")
	return errors.Join(errs...)
}
