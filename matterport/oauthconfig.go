package matterport

import (
	"cmp"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/secret"
)

// Where the owner of an account is sent (docs/matterport.md, Hosts).
const (
	defaultAuthorizeURL = "https://authn.matterport.com/oauth/authorize"
	defaultSelectorURL  = "https://authn.matterport.com/model-select"
)

// The lives that an access token of a connected account can be asked to have. Matterport names the
// longest. The shortest is this package's: browsers ask for the next token when a minute is left of
// the one they hold (docs/matterport.md §4), and something must be left to be used before that.
const (
	minAccessTokenLife = 150 * time.Second
	maxAccessTokenLife = 24 * time.Hour
)

// OAuthConfig describes an OAuth application at Matterport. The first four fields are required; the
// zero value of every other field is a safe default.
type OAuthConfig struct {
	// ClientID and ClientSecret are the OAuth application's, as in [Config].
	ClientID     string
	ClientSecret Secret

	// ClientSecrets take the place of ClientSecret, as in [Config].
	ClientSecrets *secret.Source

	// RedirectURL is where Matterport sends the browser back to, exactly as it is registered with the
	// application. It must be https, since the code arrives there; plain http is taken for a loopback
	// host only. It has no fragment, and none of the parameters that come back with a callback (code,
	// state, error, error_description) or that each attempt adds (attempt).
	RedirectURL string

	// Scopes are what the application asks for: at least one, none twice. Others than the documented
	// ones may be named.
	Scopes []Scope

	// AccessTokenLife is how long access tokens shall live, in whole seconds from 2m30s to 24 hours. It
	// cannot exceed the application's setting at Matterport. Default: the application's setting at
	// Matterport, or an hour if there is none.
	AccessTokenLife time.Duration

	// AuthorizeURL and SelectorURL are pages of Matterport's: where the owner of an account agrees, and
	// where they choose models. They must be https, except on loopback hosts. Default:
	// https://authn.matterport.com/oauth/authorize and https://authn.matterport.com/model-select.
	AuthorizeURL string
	SelectorURL  string

	// BaseURL, HTTPClient, Logger, Events, Now, MaxAttempts and AttemptTimeout are as in [Config]. The logger
	// gets a record for each access token, too.
	BaseURL        string
	HTTPClient     *http.Client
	Logger         *slog.Logger
	Events         *event.Stream
	Now            func() time.Time
	MaxAttempts    int
	AttemptTimeout time.Duration
}

// callbackParameters are what the query of a callback holds besides the redirect URL's own. One that is
// there twice would make every callback ambiguous.
var callbackParameters = []string{attemptParameter, "code", "state", "error", "error_description"}

func (cfg OAuthConfig) withDefaults() OAuthConfig {
	cfg.AuthorizeURL = cmp.Or(cfg.AuthorizeURL, defaultAuthorizeURL)
	cfg.SelectorURL = cmp.Or(cfg.SelectorURL, defaultSelectorURL)
	return cfg
}

// connection is the part of the configuration that a [Client] has too, with its defaults.
func (cfg OAuthConfig) connection() Config {
	return Config{
		ClientID:       cfg.ClientID,
		ClientSecret:   cfg.ClientSecret,
		ClientSecrets:  cfg.ClientSecrets,
		BaseURL:        cfg.BaseURL,
		HTTPClient:     cfg.HTTPClient,
		Logger:         cfg.Logger,
		Events:         cfg.Events,
		Now:            cfg.Now,
		MaxAttempts:    cfg.MaxAttempts,
		AttemptTimeout: cfg.AttemptTimeout,
	}.withDefaults()
}

// validate reports everything that is wrong with cfg, once the defaults are filled in.
func (cfg OAuthConfig) validate() error {
	p := &problems{of: "OAuthConfig"}
	cfg.connection().check(p)
	cfg.checkRedirectURL(p)
	cfg.checkScopes(p)
	life := cfg.AccessTokenLife
	p.report(life != 0 && (life < minAccessTokenLife || life > maxAccessTokenLife),
		fmt.Sprintf("AccessTokenLife must be %v to %v, or zero for what is set at Matterport", minAccessTokenLife, maxAccessTokenLife))
	p.report(life%time.Second != 0, "AccessTokenLife must be whole seconds")
	p.webURL("AuthorizeURL", cfg.AuthorizeURL, "people sign in to Matterport there")
	p.webURL("SelectorURL", cfg.SelectorURL, "access tokens are sent there")
	return p.err()
}

func (cfg OAuthConfig) checkRedirectURL(p *problems) {
	if cfg.RedirectURL == "" {
		p.report(true, "RedirectURL is required")
		return
	}
	redirect := p.webURL("RedirectURL", cfg.RedirectURL, "the authorization code arrives there")
	if redirect == nil {
		return
	}
	query, err := url.ParseQuery(redirect.RawQuery)
	p.report(err != nil, "RedirectURL has a query that cannot be read")
	for _, name := range callbackParameters {
		p.report(query.Has(name), "RedirectURL must not have the parameter "+name+", which every callback brings")
	}
}

func (cfg OAuthConfig) checkScopes(p *problems) {
	p.report(len(cfg.Scopes) == 0, "Scopes must name at least one scope, such as ViewDetails")
	for i, scope := range cfg.Scopes {
		p.report(!scope.wellFormed(), fmt.Sprintf("Scopes[%d] is not the name of one scope", i))
		p.report(slices.Contains(cfg.Scopes[:i], scope), fmt.Sprintf("Scopes[%d] was named before", i))
	}
}
