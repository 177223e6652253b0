package middleware

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"
)

// OIDCConfig is what an [OIDC] is made of. The first four fields are required, and ClientSecret for
// every provider that has issued one. It prints as its issuer and client ID only.
type OIDCConfig struct {
	// Issuer is the provider's identifier, exactly as its discovery document writes it: an https URL,
	// or http on a loopback address.
	Issuer string

	// ClientID is what the provider knows this application by.
	ClientID string

	// RedirectURL is the absolute address of the callback, as it is registered at the provider. Its last
	// element must be "callback"; login, logout and backchannel-logout are beside it. Over https every
	// cookie is Secure and has the prefix __Host-; http is for loopback addresses.
	RedirectURL string

	// Keys seal the cookies, in pairs: a key of 32 or 64 bytes to authenticate with, then one of 16, 24
	// or 32 bytes to encrypt with. The first pair seals; all of them open. To rotate, put a new pair in
	// front, and take the last one away a Lifetime later. Replicas need the same keys.
	Keys [][]byte

	// ClientSecret authenticates this application to the provider. Empty is a public client, which is
	// protected by PKCE alone.
	ClientSecret string

	// Scopes are asked for besides openid. Default: profile and email. A refresh token usually takes
	// offline_access.
	Scopes []string

	// Prompt is sent as prompt, for instance "select_account" or "login". Default: not sent.
	Prompt string

	// MaxAge is how long ago the person may have proved to the provider who they are; it is sent as
	// max_age in whole seconds, and auth_time is checked. Default: whatever the provider allows.
	MaxAge time.Duration

	// ACRValues are sent as acr_values, the preferred one first; the login counts only if acr is one of
	// them. Default: none are asked for.
	ACRValues []string

	// RequireClaims are what the ID token has to say of a person for them to be let in: the names of
	// claims, and their values. {"hd": "example.com"} is how Google tells a company's accounts from
	// private ones with the company's addresses. Default: nothing.
	RequireClaims map[string]string

	// AuthParams are further parameters of the authorization request, such as "hd" or "access_type".
	// Those that the protocol itself depends on cannot be set.
	AuthParams map[string]string

	// GroupsClaim is where the groups are: the name of a claim, or a path such as realm_access.roles.
	// Default: groups. Its value is an array of names, or one name.
	GroupsClaim string

	// KeepGroup chooses which groups matter; the others are left out of the session, whose cookie has
	// room for about 80 group IDs of 36 characters. It must not block. Default: all.
	KeepGroup func(group string) bool

	// ResolveGroups finds the groups of a person whose groups do not fit into the token. Default: such
	// a person cannot sign in, since no groups would not be the truth.
	ResolveGroups func(ctx context.Context, o GroupOverage) ([]string, error)

	// IdleTimeout ends a session that is not used. Default: 2 hours. The time is extended once a
	// quarter of it has passed, so a session may end after three quarters of it.
	IdleTimeout time.Duration

	// Lifetime ends a session however much it is used. Default: 12 hours.
	Lifetime time.Duration

	// Store keeps what a cookie cannot: that a session has been ended. Replicas need a shared one.
	// Default: a [MemoryStore] of its own.
	Store OIDCStore

	// KeepTokens keeps refresh token and ID token in Store, sealed: sessions are then renewed silently
	// as the provider's tokens expire, and signing out sends id_token_hint. Default: tokens are thrown
	// away as soon as their claims have been read.
	KeepTokens bool

	// PostLogoutURL is where people are taken once they are signed out: an absolute URL that is
	// registered at the provider, or a local path, which the provider is not told of. Default: "/".
	PostLogoutURL string

	// CookieName is the session cookie's name without prefix. Default: pme-session.
	CookieName string

	// Skew is how far the provider's clock and this one may be apart. Default: 30 seconds; at most 5
	// minutes.
	Skew time.Duration

	// HTTPClient calls the provider: its Transport and its Timeout are used, and size limits and the
	// refusal of redirects added. Default: one with a timeout of 10 seconds.
	HTTPClient *http.Client

	// Logger gets one record per decision, without cookies, tokens or codes. Default: none.
	Logger *slog.Logger

	// Now is the time. Default: time.Now.
	Now func() time.Time
}

// Format writes issuer and client ID, whatever the verb: nothing else is fit to be printed.
func (c OIDCConfig) Format(s fmt.State, _ rune) {
	_, _ = io.WriteString(s, "OIDCConfig{"+c.Issuer+" "+c.ClientID+"}")
}

// LogValue gives slog what Format writes.
func (c OIDCConfig) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(c)) }

// MarshalJSON writes issuer and client ID only.
func (c OIDCConfig) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]string{"issuer": c.Issuer, "client_id": c.ClientID})
}

// withDefaults returns c with its own copies of what the host might change, and its defaults.
func (c OIDCConfig) withDefaults() OIDCConfig {
	if c.Scopes == nil {
		c.Scopes = []string{"profile", "email"}
	}
	c.Scopes = append([]string{"openid"}, slices.DeleteFunc(slices.Clone(c.Scopes), func(s string) bool { return s == "openid" })...)
	c.ACRValues = slices.Clone(c.ACRValues)
	c.AuthParams = maps.Clone(c.AuthParams)
	c.RequireClaims = maps.Clone(c.RequireClaims)
	setDefault(&c.GroupsClaim, "groups")
	setDefault(&c.PostLogoutURL, "/")
	setDefault(&c.CookieName, "pme-session")
	setDefault(&c.IdleTimeout, 2*time.Hour)
	setDefault(&c.Lifetime, 12*time.Hour)
	setDefault(&c.Skew, 30*time.Second)
	setDefault(&c.Logger, slog.New(slog.DiscardHandler))
	if c.Store == nil {
		c.Store = NewMemoryStore()
	}
	if c.KeepGroup == nil {
		c.KeepGroup = func(string) bool { return true }
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return c
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// protocolParams are the parameters of the authorization request that the login depends on.
var protocolParams = []string{
	"acr_values", "client_id", "code_challenge", "code_challenge_method", "max_age", "nonce", "prompt",
	"redirect_uri", "request", "request_uri", "response_mode", "response_type", "scope", "state",
}

// validate reports everything that is wrong with c, the value of no secret among it.
func (c OIDCConfig) validate() error {
	var errs []error
	reject := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("middleware: OIDC: "+format, args...))
	}

	if u, err := url.Parse(c.Issuer); err != nil || !secureURL(u) || u.RawQuery != "" || u.Fragment != "" || strings.ContainsAny(c.Issuer, "?#") {
		reject("Issuer must be the https URL that the provider calls itself, without query or fragment")
	}
	if c.ClientID == "" {
		reject("ClientID is missing: the provider shows it where the application is registered")
	}
	if u, err := url.Parse(c.RedirectURL); err != nil || !secureURL(u) || u.RawQuery != "" || u.Fragment != "" ||
		path.Base(u.Path) != callbackPath || !SafeReturnPath(u.Path) {
		reject("RedirectURL must be an absolute https URL that ends in /%s (http on a loopback address)", callbackPath)
	}
	if err := checkKeys(c.Keys); err != nil {
		errs = append(errs, err)
	}
	for name, value := range c.RequireClaims {
		if name == "" || value == "" {
			reject("RequireClaims has an empty name or value, which would require nothing")
		}
	}
	for name := range c.AuthParams {
		if slices.Contains(protocolParams, name) {
			reject("AuthParams cannot set %q, which the login itself depends on", name)
		}
	}
	if (&http.Cookie{Name: c.CookieName}).Valid() != nil || //nolint:gosec // it is never set: only the name is looked at
		strings.HasPrefix(c.CookieName, "__") {
		reject("%q cannot be CookieName", c.CookieName)
	}
	if u, err := url.Parse(c.PostLogoutURL); err != nil || !SafeReturnPath(c.PostLogoutURL) && !secureURL(u) {
		reject("PostLogoutURL must be a local path or an absolute https URL")
	}
	if c.MaxAge < 0 || c.MaxAge%time.Second != 0 {
		reject("MaxAge must be whole seconds and not negative")
	}
	if c.IdleTimeout < time.Minute || c.Lifetime < c.IdleTimeout {
		reject("IdleTimeout must be at least a minute, and Lifetime no shorter than it")
	}
	if c.Skew < 0 || c.Skew > 5*time.Minute {
		reject("Skew must be between 0 and 5 minutes")
	}
	return errors.Join(errs...)
}

// secureURL reports whether u can be called without anybody listening in: by https, or on this machine.
func secureURL(u *url.URL) bool {
	if u.Hostname() == "" || u.User != nil || u.Opaque != "" {
		return false
	}
	return u.Scheme == "https" || u.Scheme == "http" && isLoopback(u.Hostname())
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
