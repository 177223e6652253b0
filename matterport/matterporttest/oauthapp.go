package matterporttest

import (
	"cmp"
	"time"
)

// Credentials that an [OAuthApp] without its own stands for.
const (
	DefaultOAuthClientID     = "demo-partner"
	DefaultOAuthClientSecret = "demo-partner-secret"
)

// The life of an access token: the usual one, and the longest that can be set (docs/matterport.md §5).
const (
	defaultAccessTokenLife = time.Hour
	maxAccessTokenLife     = 24 * time.Hour
)

// OAuthApp is a partner's application, which works in the name of accounts whose owners let it. Its
// credentials are good for the authorization_code and refresh_token grants, and those of the account for
// client_credentials, never the other way round.
type OAuthApp struct {
	// Name is what the consent page calls it. Empty: "Demo Partner".
	Name string

	// ClientID and ClientSecret. Empty: [DefaultOAuthClientID] and [DefaultOAuthClientSecret].
	ClientID, ClientSecret string

	// RedirectURLs are registered. A redirect_uri matches one of them whose scheme, host and path it has;
	// it may have more parameters in its query. With none registered any https address is good, and any
	// on a loopback host.
	RedirectURLs []string

	// Scopes are those that it may ask for. Nil: all five.
	Scopes []string

	// Owner is the ID of the account that the application belongs to. Empty: the first account.
	Owner string

	// Production lets every account authorize it. Otherwise it is in Development Mode, where its owner
	// alone can.
	Production bool

	// AccessTokenLife is how long an access token lives at most; a client may ask for less. Zero or less:
	// an hour. More than 24 hours count as 24.
	AccessTokenLife time.Duration
}

func (app OAuthApp) withDefaults(firstAccount string) OAuthApp {
	app.Name = cmp.Or(app.Name, "Demo Partner")
	app.ClientID = cmp.Or(app.ClientID, DefaultOAuthClientID)
	app.ClientSecret = cmp.Or(app.ClientSecret, DefaultOAuthClientSecret)
	app.Owner = cmp.Or(app.Owner, firstAccount)
	if app.Scopes == nil {
		app.Scopes = scopeNames()
	}
	if app.AccessTokenLife <= 0 {
		app.AccessTokenLife = defaultAccessTokenLife
	}
	app.AccessTokenLife = min(app.AccessTokenLife, maxAccessTokenLife)
	return app
}

// DisableApp switches the OAuth application off, as Matterport can, or on again. While it is off the
// authorize page sends unauthorized_client back, the token endpoint does not know the client, and no
// access token opens anything. It loses no grant by that.
func (s *Server) DisableApp(off bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ledger.disabled = off
}
