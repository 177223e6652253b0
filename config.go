package pme

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"reflect"
	"time"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/access/resolve"
	"github.com/go-pme/pme/accounts"
	"github.com/go-pme/pme/catalog"
	"github.com/go-pme/pme/connect"
	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/handler/webhook"
	"github.com/go-pme/pme/health"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/issuer"
	"github.com/go-pme/pme/issuer/store"
	"github.com/go-pme/pme/matterport"
	"github.com/go-pme/pme/middleware"
	"github.com/go-pme/pme/pages"
	"github.com/go-pme/pme/secret"
)

// An Authenticator passes only requests of signed-in users on to next, with their identity.User in the
// request's context. The gates of package middleware are Authenticators.
//
// A request is marked before the Authenticator sees it, so that a later revocation covers it. If something decides
// who sends a request before it reaches the Handler, such as a login around the whole application that leaves the
// user in the context, put [handler.Begin] with [Handler.Issuer] around that.
//
// If it is also a [middleware.SessionRevoker], RevokeUser and RevokeSession end sessions at it first. If it is a
// [middleware.Invalidator], they invalidate what it remembers of the user. If it is a [middleware.SignOutNotifier], signing out revokes the tokens of that session, or
// all tokens of the user if the session is empty. If it is a [middleware.GroupKeeper], it learns which groups the
// policy names. If it is a [middleware.PageShower], it refuses people with pages in the look of Config.Pages, and if
// it is a [middleware.SignOutLinker], pages that refuse access link to its SignOutURL. If it is a [health.Reporter],
// Health shows its parts.
type Authenticator interface {
	Require(next http.Handler) http.Handler
}

// Config is what a [Handler] is made of. The first four fields are required.
type Config struct {
	// ClientID and ClientSecret are those of the account's OAuth application: in Matterport's settings
	// under Developer Tools. They never leave the server.
	ClientID     string
	ClientSecret matterport.Secret

	// ClientSecrets take the place of ClientSecret, for a secret that is replaced without a restart: a file that is read
	// again when it changes, or several values. See matterport.Config and docs/secrets.md. Default: none.
	ClientSecrets *secret.Source

	// Authenticate tells who sent a request: a gate of package middleware, an oidclogin.Login, or the
	// application's own.
	Authenticate Authenticator

	// Access says who may see what: an access.List, an *access.File or an access.Func. The handler
	// does not close it.
	Access access.Source

	// Selectors says how the selectors of Access, such as "folder:Plant 3", are looked up at Matterport. Without selectors,
	// nothing is looked up.
	Selectors resolve.Options

	// Places has the gallery show and group by the folders, towns and numbers that spaces have at Matterport, which is asked
	// for them at most every 15 minutes. Folders belong to an extension of Matterport's, and whether the credentials may read them is not
	// documented: if they may not, the gallery does without, and Health can show for a minute that Matterport refuses a call.
	// Default: only names are known.
	Places bool

	// ValidFor is how long a token lives; see issuer.Config. Default: 10 minutes.
	ValidFor time.Duration

	// RefreshBefore is how much of its life a token must have left to be given out again; see issuer.Config.
	// Default: 2 minutes.
	RefreshBefore time.Duration

	// Store keeps the tokens. Default: in this process. The handler does not close it.
	Store store.Store

	// Fleet is what several replicas share: tokens, and what was revoked. A login that Authenticate has must share it too,
	// by Sessions. It takes the place of Store, and the handler does not close it. Default: none, this process is the only one.
	Fleet Fleet

	// MintBurst is how many calls to Matterport one user may cause at once; see issuer.Config. Default: 30.
	MintBurst int

	// MintEvery is the time after which a user may cause one more; see issuer.Config. Default: 2 seconds.
	MintEvery time.Duration

	// Views lets users open views of spaces, which have IDs of 25 characters, where Access names them. Matterport does not
	// document whether it mints tokens for views, and this was not tried. A grant for a space is none for its views, nor the other
	// way round. Default: such an ID is an invalid one.
	Views bool

	// Connections are the Matterport accounts that users have connected by OAuth; see package connect.
	// They are served under connect/. The handler does not close them. Default: none.
	Connections *connect.Connections

	// AccountStrings are the words of the pages of connected accounts, in the first language of Pages. Default: those that ship.
	AccountStrings accounts.Strings

	// AccountLanguages are those words in the languages of Pages, by Lang. They come before AccountStrings. Default: those that ship.
	AccountLanguages map[string]accounts.Strings

	// Webhook is the credential that Matterport sends with its events. They end the tours of spaces that are deleted, transferred or
	// deactivated at Matterport, and refresh the gallery. [Handler.Webhook] receives them. Default: none are received.
	Webhook *webhook.Credential

	// Pages says how all pages look, what shows a space in the browser, and which other origins may use
	// the endpoints. Its Logger is by default that of this Config, and its SignOutURL that of Authenticate.
	Pages pages.Config

	// Health are parts of the application's own that [Handler.Health] shows beside pme's, such as its
	// database. Default: none.
	Health []health.Part

	// APIURL is where Matterport's API is. Default: https://api.matterport.com.
	APIURL string

	// HTTPClient calls Matterport. Default: one with timeouts.
	HTTPClient *http.Client

	// Events gets an event for each decision. Give the same stream to the gate, so that it also has the
	// sign-ins and the refused requests. Default: a stream that writes to Logger.
	Events *event.Stream

	// Logger gets records other than events, without secrets. Default: slog.Default().
	Logger *slog.Logger
}

// policy is the checked policy of c. With an error it is one that lets no user see anything.
func (c Config) policy() (access.Policy, error) {
	if isNil(c.Access) {
		return noAccess, errors.New("pme: Access is missing: say who may see what, for example by an access.List, and look at the error of access.OpenFile")
	}
	policy, err := c.Access.Policy()
	if err != nil {
		return noAccess, err
	}
	return policy, nil
}

// noAccess is the policy of a handler that cannot be made: it allows nothing.
var noAccess = access.Func(func(context.Context, *identity.User, string) (bool, error) { return false, nil })

// isNil also reports a pointer that is nil, which is what a constructor returns beside an error.
func isNil(part any) bool {
	v := reflect.ValueOf(part)
	return !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil()
}

func (c Config) matterport() matterport.Config {
	return matterport.Config{
		ClientID: c.ClientID, ClientSecret: c.ClientSecret, ClientSecrets: c.ClientSecrets, BaseURL: c.APIURL,
		HTTPClient: c.HTTPClient, Logger: c.Logger, Events: c.Events, Views: c.Views,
	}
}

func (c Config) issuer(client *matterport.Client, policy access.Policy) issuer.Config {
	return issuer.Config{
		Matterport: client, Policy: policy, Store: c.store(),
		ValidFor: c.ValidFor, RefreshBefore: c.RefreshBefore,
		MintBurst: c.MintBurst, MintEvery: c.MintEvery, Views: c.Views,
		Events: c.Events, Logger: c.Logger,
	}
}

func (c Config) catalog(client *matterport.Client, policy access.Policy) catalog.Config {
	out := catalog.Config{Matterport: client, Policy: policy, Organization: c.Selectors.Organization, Logger: c.Logger}
	if c.Places {
		out.Places = client
	}
	return out
}

func (c Config) look() pages.Config {
	look := c.Pages
	if look.Logger == nil {
		look.Logger = c.Logger
	}
	if a, ok := c.Authenticate.(middleware.SignOutLinker); ok && look.SignOutURL == "" && !isNil(a) {
		look.SignOutURL = a.SignOutURL()
	}
	return look
}
