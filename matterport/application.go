package matterport

import (
	"crypto/sha256"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/go-pme/pme/internal/condition"
	"github.com/go-pme/pme/internal/quiet"
)

// OAuthApp is an application that works in the name of other accounts, whose owners connect them by
// OAuth's authorization code grant (RFC 6749 §4.1, docs/matterport.md §5). Create one with [NewOAuthApp];
// it is safe for concurrent use.
//
// It stores no tokens, and does not bind an attempt to a user or a browser: the caller does.
type OAuthApp struct {
	api       *upstream
	redirect  string
	scopes    []Scope
	life      time.Duration // asked for; zero: as Matterport has it
	authorize string
	selector  string
	closed    atomic.Bool
	parts

	// For how long Matterport has asked for no further calls: of the token endpoint, which knows the application, and
	// of the Model API, which knows the account. The accounts' access tokens are the keys, hashed.
	quietGrants *quiet.Quiet[struct{}]
	quietCalls  *quiet.Quiet[[sha256.Size]byte]
}

// longestQuiet bounds what one answer can ask for.
const longestQuiet = 10 * time.Minute

// NewOAuthApp checks cfg, without using the network, and returns an application. The error joins
// everything that is wrong with cfg. Whether Matterport knows the application, its redirect URL and
// its scopes shows when a user connects.
func NewOAuthApp(cfg OAuthConfig) (*OAuthApp, error) {
	cfg = cfg.withDefaults()
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	api, err := newUpstream(cfg.connection(), "oauth client secret")
	if err != nil {
		return nil, err
	}
	a := &OAuthApp{
		api:       api,
		redirect:  cfg.RedirectURL,
		scopes:    slices.Clone(cfg.Scopes),
		life:      cfg.AccessTokenLife,
		authorize: cfg.AuthorizeURL,
		selector:  cfg.SelectorURL,
	}
	a.quietGrants = quiet.New[struct{}](a.api.clock.now, longestQuiet)
	a.quietCalls = quiet.New[[sha256.Size]byte](a.api.clock.now, longestQuiet)
	a.api.health.connected = true
	condition.Add(&a.parts, a.api.health.grants.Part("matterport_accounts"), a.api.health.calls.Part("matterport_accounts"))
	condition.Add(&a.parts, cfg.connection().secretParts(api)...)
	return a, nil
}

// Format prints where the application points to, and keeps fmt away from its fields, which calls in
// progress change.
func (a *OAuthApp) Format(state fmt.State, _ rune) {
	_, _ = io.WriteString(state, "matterport.OAuthApp("+a.api.base+")")
}

// Scopes returns what the application asks for, in the order of [OAuthConfig.Scopes].
func (a *OAuthApp) Scopes() []Scope { return slices.Clone(a.scopes) }

// RedirectURL returns the configured one, to which each attempt adds its parameter.
func (a *OAuthApp) RedirectURL() string { return a.redirect }

// AccessTokenLife returns what access tokens are asked to live; zero leaves it to Matterport.
func (a *OAuthApp) AccessTokenLife() time.Duration { return a.life }

// AuthorizePage returns the page that [OAuthApp.AuthorizeURL] leads to, without a query: what a
// content security policy has to name.
func (a *OAuthApp) AuthorizePage() string {
	page, _, _ := strings.Cut(a.authorize, "?")
	return page
}

// SelectorURL returns the address of the model selector, to which a page adds oauthToken and what else
// it wishes for.
func (a *OAuthApp) SelectorURL() string { return a.selector }

// Close closes idle connections, unless the transport is the caller's. Later calls fail with
// [ErrClosed]; calls under way end with their own contexts. It can be called more than once; the error is
// always nil.
func (a *OAuthApp) Close() error {
	a.closed.Store(true)
	a.api.close()
	return nil
}
