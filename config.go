package pme

import (
	"context"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"time"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/connect"
	"github.com/go-pme/pme/handler"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/issuer/store"
	"github.com/go-pme/pme/matterport"
)

// An Authenticator lets only signed-in people through to next, with their identity.User in the
// request's context. The gates of package middleware are Authenticators.
//
// If it is also a [middleware.Invalidator], RevokeUser and RevokeSession make it forget the user. If it is
// a [middleware.SignOutNotifier], signing out revokes the tokens of that session, or all tokens of the
// user where the session is empty.
type Authenticator interface {
	Require(next http.Handler) http.Handler
}

// Config is what a [Handler] is made of. The first four fields are required.
type Config struct {
	// ClientID and ClientSecret are those of the account's OAuth application: in Matterport's settings
	// under Developer Tools. They never leave the server.
	ClientID     string
	ClientSecret matterport.Secret

	// Authenticate says who is asking: middleware.Session, middleware.Func, or the application's own.
	Authenticate Authenticator

	// Access says who may see what: an access.List, an *access.File or an access.Func. The handler
	// does not close it.
	Access access.Source

	// ValidFor and RefreshBefore are how long a token lives, and how much of its life must be left for
	// it to be given out again; see issuer.Config. Defaults: 10 minutes and 2 minutes.
	ValidFor      time.Duration
	RefreshBefore time.Duration

	// Store keeps the tokens. Default: in this process. The handler does not close it.
	Store store.Store

	// MintBurst and MintEvery limit how often one person may cause a call to Matterport; see
	// issuer.Config. Defaults: 30 at once, and one each 2 seconds.
	MintBurst int
	MintEvery time.Duration

	// Connections are the Matterport accounts that people have connected by OAuth; see package connect.
	// They are served under connect, and with the same words, looks and player as the rest. The handler
	// does not close them. Default: none.
	Connections *connect.Connections

	// APIURL is where Matterport's API is. Default: https://api.matterport.com.
	APIURL string

	// ShowcaseURL, SDKURL, SDKKey and SDKIntegrity are what shows a space in the browser; see
	// handler.Player. Without an SDKKey, spaces are shown by plain links.
	ShowcaseURL  string
	SDKURL       string
	SDKKey       string
	SDKIntegrity string

	// AllowedOrigins are the exact origins, such as "https://app.example.com", whose pages may use the JSON
	// endpoints for reading, with the visitor's cookies; see handler.CORS. Default: this origin only.
	AllowedOrigins []string

	// Title heads the gallery. Default: "Spaces".
	Title string

	// Strings, Templates and FrameAncestors are the words of the pages, what they look like, and who may
	// frame them; see handler.PagesConfig. Defaults: English, the built-in pages, and this origin only.
	Strings        handler.Strings
	Templates      *template.Template
	FrameAncestors []string

	// HTTPClient calls Matterport. Default: one with timeouts.
	HTTPClient *http.Client

	// Logger gets one record per decision, without secrets. Default: nothing is logged.
	Logger *slog.Logger

	// Now is the time of this machine. Default: time.Now.
	Now func() time.Time
}

// policy is the checked policy of c, or one that lets nobody see anything.
func (c Config) policy() (access.Policy, error) {
	nobody := access.Func(func(context.Context, *identity.User, string) (bool, error) { return false, nil })
	if c.Access == nil {
		return nobody, errors.New("pme: Access is missing: say who may see what, for example by an access.List")
	}
	policy, err := c.Access.Policy()
	if err != nil {
		return nobody, err
	}
	return policy, nil
}

// ConfigFromEnv reads what a deployment sets in its environment, through lookup, which is usually
// [os.LookupEnv]:
//
//	MATTERPORT_CLIENT_ID      required
//	MATTERPORT_CLIENT_SECRET  required
//	MATTERPORT_API_URL        MATTERPORT_SHOWCASE_URL  MATTERPORT_SDK_URL  MATTERPORT_SDK_KEY
//	PME_VALID_FOR             PME_REFRESH_BEFORE       such as 10m
//
// Each NAME may be given as NAME_FILE instead, the path of a file that holds the value, as container
// platforms mount secrets; one line break at its end is not part of it. A variable that is set but
// empty counts as not set. Authenticate and Access are left to the caller.
//
// The error names every variable that is wrong, and the value of none.
func ConfigFromEnv(lookup func(string) (string, bool)) (Config, error) {
	e := environment{lookup: lookup}
	c := Config{
		ClientID:      e.required("MATTERPORT_CLIENT_ID"),
		ClientSecret:  matterport.Secret(e.required("MATTERPORT_CLIENT_SECRET")),
		APIURL:        e.text("MATTERPORT_API_URL"),
		ShowcaseURL:   e.text("MATTERPORT_SHOWCASE_URL"),
		SDKURL:        e.text("MATTERPORT_SDK_URL"),
		SDKKey:        e.text("MATTERPORT_SDK_KEY"),
		ValidFor:      e.duration("PME_VALID_FOR"),
		RefreshBefore: e.duration("PME_REFRESH_BEFORE"),
	}
	if err := errors.Join(e.errs...); err != nil {
		return Config{}, fmt.Errorf("pme: the environment is incomplete:\n%w", err)
	}
	return c, nil
}
